"""How networks whose only output is `logits` are trained."""

import functools
from collections.abc import Iterable, Mapping
from typing import Any, Final

import trainer.application_input
import trainer.layers  # noqa: F401  registers them
from digit.losses import accuracy, cross_entropy
from tasks.classification.options import TaskOptions
from tasks.classification.targets import DIGIT
from vocabulary.task.training import Augmentation, Loss, WatchedMetric

TARGETS: Final = {"logits": DIGIT}
# Keras leaves out the name of the output, where there is only one.
METRICS: Final = (WatchedMetric("accuracy", "accuracy of digits", "accuracy", better="higher"),)


def build_losses(options: TaskOptions, outputs: Iterable[str]) -> dict[str, Loss]:
    """Cross entropy of the digit."""
    loss = functools.partial(cross_entropy, smoothing=options.label_smoothing)
    return dict.fromkeys(outputs, loss)


def build_weights(options: TaskOptions, outputs: Iterable[str]) -> dict[str, float]:
    """There is one loss."""
    return dict.fromkeys(outputs, 1.0)


def build_metrics() -> dict[str, list[Any]]:
    """Accuracy, of pictures with a digit."""
    return {"logits": [accuracy()]}


def build_augmentation(options: TaskOptions) -> Augmentation | None:
    """None: the training split's pictures are drawn in many ways already."""
    return None


def quality(epoch: Mapping[str, float]) -> float:
    """Accuracy on the split that is watched."""
    return epoch["val_accuracy"]
