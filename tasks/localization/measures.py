"""What each picture contributes to the metrics of `tasks.localization.judging`."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tasks.localization.answers import NO_DIGIT_BELOW
from tasks.localization.examples import NO_DIGIT
from vocabulary import boxes, features
from vocabulary.task.judging import Columns

CONFIDENCE_BINS: Final = 15
EDGES: Final = ("xmin", "ymin", "xmax", "ymax")
"""The columns of a box, in [0, 1] of the picture."""

TRUTH: Final = {"digit": "int64", **dict.fromkeys(EDGES, "float64")}
PREDICTION: Final = TRUTH | {"confidence": "float64"}

Floats = NDArray[np.float64]


def read_truth(known: Mapping[str, Any], *, frames: Floats) -> Columns:
    """The true digit and box of each picture, and (height, width) on the canvas as `frame`.

    A picture without a digit has `NO_DIGIT` and a box of no area.
    """
    digits = np.ravel(known[features.LABEL]).astype(np.int64)
    edges = (np.ravel(known[key]).astype(np.float64) for key in features.BOX)
    return {"digit": digits, **dict(zip(EDGES, edges, strict=True)), "frame": frames}


def read_predictions(outputs: Mapping[str, Any]) -> Columns:
    """The most probable digit with its probability, and the box."""
    probabilities = np.asarray(outputs["probabilities"], np.float64)
    edges = np.asarray(outputs["box"], np.float64).T
    return {
        "digit": probabilities.argmax(axis=1),
        **dict(zip(EDGES, edges, strict=True)),
        "confidence": probabilities.max(axis=1),
    }


def measure(truth: Columns, predictions: Columns) -> Columns:
    """The measures of n pictures; but for the first three, those without a digit have zeros.

    Returns:
        digits: 1 where there is a digit, else 0.
        empty: 1 where there is none, else 0.
        silent: whether the confidence says that there is none.
        right: whether the digit is.
        iou: of the boxes; 0 where the predicted one is degenerate.
        intersection, union: areas, in units of the picture's.
        edge_error: the mean distance of the box's four edges from the true ones, in pixels.
        edge_reach: the highest edge error that the picture can have.
        gap: 1 for a right digit (else 0) minus the confidence, in its bin of confidence, [n, 15].
    """
    true, predicted, confidence = box_of(truth), box_of(predictions), predictions["confidence"]
    intersection, union = boxes.intersections_and_unions(true, predicted)
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
        "iou": np.divide(intersection, union, out=np.zeros(len(right)), where=union > 0),
        "intersection": intersection,
        "union": union * digits,
        "edge_error": _edge_errors(true, predicted, truth["frame"]) * digits,
        "edge_reach": truth["frame"].mean(axis=1),
        "gap": np.eye(CONFIDENCE_BINS)[bins] * ((right - confidence) * digits)[:, np.newaxis],
    }


def box_of(columns: Mapping[str, NDArray[Any]]) -> Floats:
    """The boxes: float64 [n, 4], (xmin, ymin, xmax, ymax) in [0, 1]."""
    return np.stack([columns[edge] for edge in EDGES], axis=-1)


def _edge_errors(true: Floats, predicted: Floats, frames: Floats) -> Floats:
    """Mean distance of the four edges in pixels, at most a side of the picture for each."""
    off = np.clip(np.nan_to_num(np.abs(predicted - true), nan=1.0, posinf=1.0), 0.0, 1.0)
    return np.mean(off * frames[:, [1, 0, 1, 0]], axis=1)
