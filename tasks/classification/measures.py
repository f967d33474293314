"""What each picture contributes to the metrics of `tasks.classification.judging`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digit import measures as digits
from digit.examples import NO_DIGIT
from digit.measures import PREDICTION, TRUTH, read_predictions
from vocabulary.features import NUM_CLASSES
from vocabulary.task.judging import Columns

__all__ = ["PREDICTION", "TRUTH", "measure", "read_predictions", "read_truth"]

_ONE_HOT = np.eye(NUM_CLASSES)


def read_truth(known: Mapping[str, Any], *, frames: NDArray[np.float64]) -> Columns:
    """The true digit of each picture; see `digit.measures`."""
    return digits.read_truth(known)


def measure(truth: Columns, predictions: Columns) -> Columns:
    """The measures of n pictures: those of `digit.measures`, and by digit three [n, 10].

    Returns:
        true: 1 at the true digit.
        predicted: 1 at the predicted digit; none of a picture without a digit.
        hit: 1 at the true digit where it is predicted.
    """
    of_digits = digits.measure(truth, predictions)
    there = truth["digit"] != NO_DIGIT
    true = _ONE_HOT[truth["digit"]] * there[:, np.newaxis]
    predicted = _ONE_HOT[predictions["digit"]] * there[:, np.newaxis]
    return of_digits | {"true": true, "predicted": predicted, "hit": true * predicted}
