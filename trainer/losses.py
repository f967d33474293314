"""Losses and metrics of the box head.

GIoU: H. Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019.
"""

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


BOX_LOSSES = {"mse": keras.losses.mean_squared_error, "giou_l1": giou_l1}
"""By their names in the config."""


def class_loss() -> keras.losses.Loss:
    """Cross entropy of digits int64 [batch] with logits float32 [batch, 10]."""
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def metrics() -> dict[str, list[keras.metrics.Metric]]:
    """Accuracy of the class head and mean IoU of the box head, by the names of the outputs."""
    return {
        "logits": [keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
        "box": [keras.metrics.MeanMetricWrapper(iou, name="iou")],
    }
