"""The precision that a network computes in."""

import contextlib
from collections.abc import Iterator

import keras
import tensorflow as tf

_POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16"}


def choose_precision(wanted: str) -> str:
    """`float32` or `bfloat16`; `auto` is bfloat16 on an accelerator and float32 on a CPU."""
    if wanted != "auto":
        return wanted
    accelerated = tf.config.list_physical_devices("TPU") or tf.config.list_physical_devices("GPU")
    return "bfloat16" if accelerated else "float32"


@contextlib.contextmanager
def computing_in(precision: str) -> Iterator[None]:
    """Layers built inside compute in that precision; weights are float32 always."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(_POLICIES[precision])
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
