"""Losses and metrics of boxes, on any of Keras' back ends.

A picture without a digit has a box of no area: its box is free, and metrics leave it out.

GIoU: H. Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019.
"""

from collections.abc import Callable
from typing import Any

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


def has_area(boxes: Tensor) -> Tensor:
    """1 for each box of float32 [batch, 4] that has an area, else 0: float32 [batch]."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return ops.cast(ops.all(sides > 0, axis=-1), "float32")


def where_digits(loss: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    """A loss of boxes that is 0 for a picture without a digit."""
    return lambda true, predicted: has_area(true) * loss(true, predicted)
