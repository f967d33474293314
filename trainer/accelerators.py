"""Whether TensorFlow sees the accelerators that were asked, and paid, for.

Without CUDA's libraries, which the image for CPUs does not have, or without the node's driver, it
would train on the CPU with one warning.
"""

import os
from typing import Final

import tensorflow as tf

from trainer.strategy import KINDS
from vocabulary.errors import UserError

ACCELERATOR: Final = "accelerator"
"""The key of `custom_config` that holds what a Trainer outside of its own container asked for."""
WITHOUT_ACCELERATORS: Final = "DIGITS_WITHOUT_ACCELERATORS"
"""Set where a compiled command runs on what there is."""


def require_accelerators(kind: str, count: int) -> None:
    """Ends the step if `count` accelerators of a kind, gpu or tpu, are not seen.

    A slice of TPUs is seen as one.

    Raises UserError.
    """
    if WITHOUT_ACCELERATORS in os.environ:
        return
    if kind == "gpu":
        seen = len(tf.config.list_physical_devices("GPU"))
    else:
        seen = count if KINDS["tpu"].is_there() else 0
    if seen < count:
        name = f"{count} {kind.upper()}{'s' * (count > 1)}"
        raise UserError(
            f"this step asked for {name} and TensorFlow sees {seen or 'none'}; use an image that "
            f"was built with LOCK=requirements-{kind}.lock, on a node with the {kind.upper()}'s "
            f"driver"
        )
