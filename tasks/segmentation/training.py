"""How networks are trained whose output `mask` is a logit for each pixel.

Dice loss: F. Milletari et al., "V-Net", 3DV 2016; here without squares in the denominator. Beside
it the cross entropy of pixels: where there is no ink, Dice loss hardly changes with what is found.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import keras
from keras import ops

import tasks.segmentation.mirrored  # noqa: F401  registers it
import trainer.layers  # noqa: F401  registers them
from tasks.segmentation.options import TaskOptions
from tasks.segmentation.targets import MASK
from vocabulary.task.training import Augmentation, Loss, WatchedMetric

TARGETS: Final = {"mask": MASK}
# Keras leaves out the name of the output, where there is only one.
METRICS: Final = (WatchedMetric("dice", "Dice coefficient", "Dice", better="higher"),)

_ONE_PIXEL: Final = 1.0
"""Added to both sides of the fraction: pictures without ink have a loss, and no division by 0."""

_CROSS_ENTROPY: Final = 2.0
"""How much the mean cross entropy of a picture's pixels counts beside its Dice loss."""

Tensor = Any


def mask_loss(true: Tensor, logits: Tensor) -> Tensor:
    """Dice loss and cross entropy of each picture, float32 [batch]; arguments as of `dice_loss`."""
    pixels = keras.losses.binary_crossentropy(true, logits, from_logits=True)
    return dice_loss(true, logits) + _CROSS_ENTROPY * ops.mean(pixels, axis=(1, 2))


def dice_loss(true: Tensor, logits: Tensor) -> Tensor:
    """1 - Dice of each picture, float32 [batch], of masks in [0, 1] and logits [batch, h, w, 1]."""
    return 1.0 - _dice(true, ops.sigmoid(logits))


def dice(true: Tensor, logits: Tensor) -> Tensor:
    """Dice of each picture, float32 [batch], of what is more likely ink than not."""
    return _dice(ops.cast(true >= 0.5, "float32"), ops.cast(logits >= 0.0, "float32"))


def _dice(true: Tensor, predicted: Tensor) -> Tensor:
    axes = (1, 2, 3)
    both = ops.sum(true * predicted, axis=axes)
    areas = ops.sum(true, axis=axes) + ops.sum(predicted, axis=axes)
    return (2.0 * both + _ONE_PIXEL) / (areas + _ONE_PIXEL)


def build_losses(options: TaskOptions, outputs: Iterable[str]) -> dict[str, Loss]:
    """That of the mask."""
    return dict.fromkeys(outputs, mask_loss)


def build_weights(options: TaskOptions, outputs: Iterable[str]) -> dict[str, float]:
    """There is one loss."""
    return dict.fromkeys(outputs, 1.0)


def build_metrics() -> dict[str, list[Any]]:
    """The mean Dice of pictures."""
    return {"mask": [keras.metrics.MeanMetricWrapper(dice, name="dice")]}


def build_augmentation(options: TaskOptions) -> Augmentation | None:
    """None: the training split's pictures are drawn in many ways already."""
    return None


def quality(epoch: Mapping[str, float]) -> float:
    """Dice on the split that is watched."""
    return epoch["val_dice"]
