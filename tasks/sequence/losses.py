"""Losses and metrics of the heads, on any of Keras' back ends."""

from typing import Any

import keras
from keras import ops

Tensor = Any


def cross_entropy(true: Tensor, logits: Tensor, *, smoothing: float) -> Tensor:
    """Cross entropy of classes int [batch, ...] with logits float32 [batch, ..., classes].

    A negative class is the last. That of all places of a picture is added up: float32 [batch].
    Smoothing spreads that share of each label over all classes.
    """
    labels = ops.one_hot(_classes(true, logits), logits.shape[-1])
    losses = keras.losses.categorical_crossentropy(
        labels, logits, from_logits=True, label_smoothing=smoothing
    )
    return ops.sum(ops.reshape(losses, (ops.shape(logits)[0], -1)), axis=-1)


def all_right(true: Tensor, logits: Tensor) -> Tensor:
    """1 where the class at every place is the most probable one, else 0: float32 [batch]."""
    right = ops.argmax(logits, axis=-1) == _classes(true, logits)
    return ops.cast(ops.all(ops.reshape(right, (ops.shape(logits)[0], -1)), axis=-1), "float32")


def _classes(true: Tensor, logits: Tensor) -> Tensor:
    """int32 [batch, ...], as logits have them: a negative one is the last."""
    classes = ops.reshape(ops.cast(true, "int32"), ops.shape(logits)[:-1])
    return ops.where(classes < 0, logits.shape[-1] - 1, classes)
