"""Losses and metrics of digits and boxes, on any of Keras' back ends.

A picture without a digit has a negative label and a box of no area: its digit is to be uniform over
all, its box is free, and metrics leave it out.

GIoU: H. Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019.
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

Tensor = Any

_TINY = 1e-7


def _overlap(true: Tensor, predicted: Tensor) -> tuple[Tensor, Tensor]:
    """Intersection and union of boxes [batch, 4]; sides of inverted boxes count as 0."""
    low = ops.maximum(true[:, :2], predicted[:, :2])
    high = ops.minimum(true[:, 2:], predicted[:, 2:])
    both = ops.prod(ops.relu(high - low), axis=-1)
    areas = [ops.prod(ops.relu(box[:, 2:] - box[:, :2]), axis=-1) for box in (true, predicted)]
    return both, areas[0] + areas[1] - both


def giou_l1(true: Tensor, predicted: Tensor) -> Tensor:
    """(1 - GIoU) + 5 L1 of boxes float32 [batch, 4]; gives float32 [batch].

    L1 has a gradient where boxes are inverted or far apart, GIoU where they nearly agree.
    """
    both, union = _overlap(true, predicted)
    low = ops.minimum(true[:, :2], predicted[:, :2])
    high = ops.maximum(true[:, 2:], predicted[:, 2:])
    hull = ops.prod(high - low, axis=-1)
    giou = both / (union + _TINY) - (hull - union) / (hull + _TINY)
    return 1.0 - giou + 5.0 * ops.mean(ops.abs(true - predicted), axis=-1)


def iou(true: Tensor, predicted: Tensor) -> Tensor:
    """Intersection over union of boxes float32 [batch, 4]; gives float32 [batch] in [0, 1]."""
    both, union = _overlap(true, predicted)
    return both / (union + _TINY)


def cross_entropy(true: Tensor, logits: Tensor, *, smoothing: float) -> Tensor:
    """Cross entropy of digits int [batch] or [batch, 1] with logits float32 [batch, 10].

    Smoothing spreads that share of each label over all digits (C. Szegedy et al., "Rethinking the
    Inception Architecture for Computer Vision", CVPR 2016). A negative digit is none: uniform over
    all. Gives float32 [batch].
    """
    labels = ops.one_hot(ops.reshape(true, (-1,)), logits.shape[-1])
    labels += (1.0 - ops.sum(labels, axis=-1, keepdims=True)) / logits.shape[-1]
    return keras.losses.categorical_crossentropy(
        labels, logits, from_logits=True, label_smoothing=smoothing
    )


def has_area(boxes: Tensor) -> Tensor:
    """1 for each box of float32 [batch, 4] that has an area, else 0: float32 [batch]."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return ops.cast(ops.all(sides > 0, axis=-1), "float32")


def where_digits(loss: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    """A loss of boxes that is 0 for a picture without a digit."""
    return lambda true, predicted: has_area(true) * loss(true, predicted)


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
