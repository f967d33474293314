"""The loss and the metric of digits, on any of Keras' back ends.

A picture without a digit has a negative label: its digit is to be uniform over all, and metrics
leave it out.
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

Tensor = Any


def cross_entropy(true: Tensor, logits: Tensor, *, smoothing: float) -> Tensor:
    """Cross entropy of digits int [batch] or [batch, 1] with logits float32 [batch, classes].

    Smoothing spreads that share of each label over all digits (C. Szegedy et al., "Rethinking the
    Inception Architecture for Computer Vision", CVPR 2016). A negative digit is none: uniform over
    all. Gives float32 [batch].
    """
    labels = ops.one_hot(ops.reshape(true, (-1,)), logits.shape[-1])
    labels += (1.0 - ops.sum(labels, axis=-1, keepdims=True)) / logits.shape[-1]
    return keras.losses.categorical_crossentropy(
        labels, logits, from_logits=True, label_smoothing=smoothing
    )


class MeanOfDigits(keras.metrics.MeanMetricWrapper):
    """The mean of a function of targets and outputs over the pictures with a digit."""

    def __init__(self, function: Any, *, there: Callable[[Tensor], Tensor], name: str):
        """`there` gives 1 or 0 for each target, float32 [batch]: whether there is a digit."""
        super().__init__(function, name=name)
        self._there = there

    def update_state(self, true: Tensor, predicted: Tensor, sample_weight: Any = None) -> Any:
        """Adds a batch; Keras has no weights here."""
        return super().update_state(true, predicted, sample_weight=self._there(true))


def is_digit(labels: Tensor) -> Tensor:
    """1 for each label of int [batch] or [batch, 1] that is not negative, else 0."""
    return ops.cast(ops.reshape(labels, (-1,)) >= 0, "float32")


def accuracy() -> MeanOfDigits:
    """The share of right digits, of logits float32 [batch, classes]."""
    right = keras.metrics.sparse_categorical_accuracy
    return MeanOfDigits(right, there=is_digit, name="accuracy")
