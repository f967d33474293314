"""How networks that answer with a digit and a box are trained.

Their outputs are `logits` and `box`; a network may have `coarse_box` too, an earlier box that is
trained towards the same.
"""

import functools
from collections.abc import Iterable, Mapping
from typing import Any, Final

import keras
import tensorflow as tf

import tasks.localization.layers  # noqa: F401  registers them
import trainer.application_input  # noqa: F401  registers it
from digit.losses import MeanOfDigits, accuracy, cross_entropy
from tasks.localization.augment import shift
from tasks.localization.losses import giou_l1, has_area, iou, where_digits
from tasks.localization.options import TaskOptions
from tasks.localization.targets import BOX, DIGIT
from vocabulary.task.training import Augmentation, Loss, WatchedMetric

TARGETS: Final = {"logits": DIGIT, "box": BOX, "coarse_box": BOX}
METRICS: Final = (
    WatchedMetric("logits_accuracy", "accuracy of digits", "accuracy", better="higher"),
    WatchedMetric("box_iou", "mean IoU of boxes", "IoU", better="higher"),
)
BOX_LOSSES: Final[dict[str, Loss]] = {
    "mse": where_digits(keras.losses.mean_squared_error),
    "giou_l1": where_digits(giou_l1),
}
"""By their names in the config."""


def build_losses(options: TaskOptions, outputs: Iterable[str]) -> dict[str, Loss]:
    """The loss of each output: cross entropy of the digit, and the config's loss of every box."""
    class_loss = functools.partial(cross_entropy, smoothing=options.label_smoothing)
    box_loss = BOX_LOSSES[options.box_loss]
    return {name: class_loss if TARGETS[name] == DIGIT else box_loss for name in outputs}


def build_weights(options: TaskOptions, outputs: Iterable[str]) -> dict[str, float]:
    """The weight of each output's loss: 1 for the digit, the config's for every box."""
    return {name: 1.0 if TARGETS[name] == DIGIT else options.box_weight for name in outputs}


def build_metrics() -> dict[str, list[keras.metrics.Metric]]:
    """Accuracy of the class head and mean IoU of the box head, by the names of the outputs."""
    return {
        "logits": [accuracy()],
        "box": [MeanOfDigits(iou, there=has_area, name="iou")],
    }


def build_augmentation(options: TaskOptions) -> Augmentation | None:
    """Digits are moved about in their frames, and their boxes with them."""
    return _move if options.shift else None


def _move(
    pictures: tf.Tensor, targets: Mapping[str, tf.Tensor], frames: tf.Tensor, seed: Any
) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
    fractions = tf.random.stateless_uniform([pictures.shape[0], 2], seed)
    pictures, boxes = shift(pictures, targets[BOX], frames, fractions)
    return pictures, {**targets, BOX: boxes}


def quality(epoch: Mapping[str, float]) -> float:
    """The mean of accuracy and mean IoU on the split that is watched."""
    return (epoch["val_logits_accuracy"] + epoch["val_box_iou"]) / 2
