"""What each picture contributes to the metrics of `tasks.classification.judging`."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from digit import measures as digits
from digit.measures import PREDICTION, TRUTH, read_predictions
from vocabulary.task.judging import Columns

__all__ = ["PREDICTION", "TRUTH", "measure", "read_predictions", "read_truth"]


def read_truth(known: Mapping[str, Any], *, frames: NDArray[Any]) -> Columns:
    """The true digit of each picture, wherever it is."""
    return digits.read_truth(known)


def measure(truth: Columns, predictions: Columns, *, classes: int) -> Columns:
    """All measures of digits."""
    by_digit = digits.measure_by_digit(truth, predictions, classes=classes)
    return digits.measure(truth, predictions) | by_digit
