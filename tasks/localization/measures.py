"""What each picture contributes to the metrics of `tasks.localization.judging`."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from digit import measures as digits
from vocabulary import boxes, features
from vocabulary.boxes import EDGES, box_of
from vocabulary.task.judging import Columns

_BOX: Final = dict.fromkeys(EDGES, "float64")
TRUTH: Final = digits.TRUTH | _BOX
PREDICTION: Final = digits.PREDICTION | _BOX

Floats = NDArray[np.float64]


def read_truth(known: Mapping[str, Any], *, frames: Floats) -> Columns:
    """The true digit and box of each picture, and (height, width) on the canvas as `frame`.

    A picture without a digit has `NO_DIGIT` and a box of no area.
    """
    edges = (np.ravel(known[key]).astype(np.float64) for key in features.BOX)
    return digits.read_truth(known) | dict(zip(EDGES, edges, strict=True)) | {"frame": frames}


def read_predictions(outputs: Mapping[str, Any]) -> Columns:
    """The most probable digit with its probability, and the box."""
    edges = np.asarray(outputs["box"], np.float64).T
    return digits.read_predictions(outputs) | dict(zip(EDGES, edges, strict=True))


def measure(truth: Columns, predictions: Columns, *, classes: int) -> Columns:
    """The measures of n pictures; those without a digit have zeros.

    Returns:
        iou: of the boxes; 0 where the predicted one is degenerate.
        intersection, union: areas, in units of the picture's.
        edge_error: the mean distance of the box's four edges from the true ones, in pixels.
        edge_reach: the highest edge error that the picture can have; also without a digit.
        and those of `digit.measures`.
    """
    true, predicted = box_of(truth), box_of(predictions)
    intersection, union = boxes.intersections_and_unions(true, predicted)
    of_digits = digits.measure(truth, predictions)
    there = of_digits["digits"]
    return of_digits | {
        "iou": np.divide(intersection, union, out=np.zeros(len(there)), where=union > 0),
        "intersection": intersection,
        "union": union * there,
        "edge_error": _edge_errors(true, predicted, truth["frame"]) * there,
        "edge_reach": truth["frame"].mean(axis=1),
    }


def _edge_errors(true: Floats, predicted: Floats, frames: Floats) -> Floats:
    """Mean distance of the four edges in pixels, at most a side of the picture for each."""
    off = np.clip(np.nan_to_num(np.abs(predicted - true), nan=1.0, posinf=1.0), 0.0, 1.0)
    return np.mean(off * frames[:, [1, 0, 1, 0]], axis=1)
