"""What the digit of each picture contributes to the metrics of `digit.metrics`."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from digit.answers import NO_DIGIT_BELOW
from digit.examples import NO_DIGIT
from vocabulary import features
from vocabulary.task.judging import Columns

CONFIDENCE_BINS: Final = 15

TRUTH: Final = {"digit": "int64"}
PREDICTION: Final = {"digit": "int64", "confidence": "float64"}


def read_truth(known: Mapping[str, Any]) -> Columns:
    """The true digit of each picture, `NO_DIGIT` where there is none."""
    return {"digit": np.ravel(known[features.LABEL]).astype(np.int64)}


def read_predictions(outputs: Mapping[str, Any]) -> Columns:
    """The most probable digit with its probability."""
    probabilities = np.asarray(outputs["probabilities"], np.float64)
    return {"digit": probabilities.argmax(axis=1), "confidence": probabilities.max(axis=1)}


def measure(truth: Columns, predictions: Columns) -> Columns:
    """The measures of n pictures.

    Returns:
        digits: 1 where there is a digit, else 0.
        empty: 1 where there is none, else 0.
        silent: whether the confidence says that there is none.
        right: whether the digit is; never where there is none.
        gap: 1 for a right digit (else 0) minus the confidence, in its bin of confidence, [n, 15];
            zeros where there is no digit.
    """
    confidence = predictions["confidence"]
    digits = (truth["digit"] != NO_DIGIT).astype(np.float64)
    right = (truth["digit"] == predictions["digit"]).astype(np.float64)
    bins = np.clip(
        (np.nan_to_num(confidence) * CONFIDENCE_BINS).astype(int), 0, CONFIDENCE_BINS - 1
    )
    return {
        "digits": digits,
        "empty": 1.0 - digits,
        "silent": (confidence < NO_DIGIT_BELOW).astype(np.float64),
        "right": right,
        "gap": np.eye(CONFIDENCE_BINS)[bins] * ((right - confidence) * digits)[:, np.newaxis],
    }


def measure_by_digit(truth: Columns, predictions: Columns, *, classes: int) -> Columns:
    """What tells digits apart, of n pictures, [n, classes] each; zeros where there is no digit.

    Returns:
        true: 1 at the true digit.
        predicted: 1 at the predicted digit.
        hit: 1 at the true digit where it is predicted.
    """
    there = (truth["digit"] != NO_DIGIT)[:, np.newaxis]
    ones = np.eye(classes)
    true, predicted = (ones[columns["digit"]] * there for columns in (truth, predictions))
    return {"true": true, "predicted": predicted, "hit": true * predicted}
