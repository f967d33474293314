"""What an answer of the model must hold to be worth serving."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from components.infra_validator.errors import ModelRefusedError

OUTPUTS: Final = ("box", "digit", "probabilities")
_ROUNDING: Final = 1e-3


def check_answer(response: Any, signature: str) -> None:
    """Checks a PredictResponse, as `check_outputs` does.

    Raises:
        ModelRefusedError: with a sentence that names the signature, if something is wrong.
    """
    outputs = {name: tf.make_ndarray(proto) for name, proto in response.outputs.items()}
    check_outputs(outputs, signature)


def check_outputs(outputs: Mapping[str, NDArray[Any]], signature: str) -> None:
    """Checks what a signature gives: outputs, probabilities that sum to 1, boxes in range.

    Args:
        outputs: arrays of `OUTPUTS`, by name, for a batch of pictures.
        signature: its name.

    Raises:
        ModelRefusedError: with a sentence that names the signature, if something is wrong.
    """
    missing = [name for name in OUTPUTS if name not in outputs]
    if missing:
        raise ModelRefusedError(f"{signature} gives no {missing[0]}, only {sorted(outputs)}")
    box, digit, probabilities = (outputs[name] for name in OUTPUTS)
    sums = probabilities.sum(axis=-1)
    if not np.all(np.abs(sums - 1) <= _ROUNDING):
        raise ModelRefusedError(
            f"{signature} gives probabilities that sum to {sums.tolist()}, not 1"
        )
    if not np.all(probabilities >= 0):
        raise ModelRefusedError(f"{signature} gives a probability of {probabilities.min():g}")
    if not np.array_equal(digit, probabilities.argmax(axis=-1)):
        raise ModelRefusedError(f"{signature} gives a digit that is not its most probable one")
    # An empty box is a poor answer, which is for the Evaluator to judge, not a broken one.
    if not np.all((box >= 0) & (box <= 1)):
        raise ModelRefusedError(f"{signature} gives the box {box.tolist()}, which is not in [0, 1]")
