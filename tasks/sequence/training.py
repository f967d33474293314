"""How networks are trained whose outputs are `length` and `digits`."""

import functools
from collections.abc import Iterable, Mapping
from typing import Any, Final

import keras

import tasks.sequence.layers  # noqa: F401  registers them
import trainer.layers  # noqa: F401  registers them
from tasks.sequence.augment import shrink
from tasks.sequence.losses import all_right, cross_entropy
from tasks.sequence.options import TaskOptions
from tasks.sequence.targets import DIGITS, LENGTH
from vocabulary.task.training import Augmentation, Loss, WatchedMetric

TARGETS: Final = {"length": LENGTH, "digits": DIGITS}
METRICS: Final = (
    WatchedMetric("digits_right", "accuracy of whole numbers", "numbers", better="higher"),
    WatchedMetric("length_right", "accuracy of lengths", "lengths", better="higher"),
)


def build_losses(options: TaskOptions, outputs: Iterable[str]) -> dict[str, Loss]:
    """Cross entropy of the length, and of all digits together."""
    loss = functools.partial(cross_entropy, smoothing=options.label_smoothing)
    return dict.fromkeys(outputs, loss)


def build_weights(options: TaskOptions, outputs: Iterable[str]) -> dict[str, float]:
    """All count alike: together they are the logarithm of how probable the number is."""
    return dict.fromkeys(outputs, 1.0)


def build_metrics() -> dict[str, list[keras.metrics.Metric]]:
    """The share of pictures of which a head is right at all places."""
    return {name: [keras.metrics.MeanMetricWrapper(all_right, name="right")] for name in TARGETS}


def build_augmentation(options: TaskOptions) -> Augmentation | None:
    """Pictures become smaller, and move, so that no digit leaves them."""
    if not options.shrink:
        return None

    def augment(
        pictures: Any, targets: Mapping[str, Any], frames: Any, seed: Any
    ) -> tuple[Any, Mapping[str, Any]]:
        return shrink(pictures, seed, most=options.shrink), targets

    return augment


def quality(epoch: Mapping[str, float]) -> float:
    """The share of whole numbers on the split that is watched."""
    return epoch["val_digits_right"]
