"""What each picture contributes to the metrics of `tasks.segmentation.judging`.

Masks stay beside the evaluation, in its rows; what is added up is a few numbers for each picture.
"""

from collections.abc import Mapping
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vocabulary import boxes, features
from vocabulary.boxes import EDGES, box_of
from vocabulary.task.judging import Columns

TRUTH: Final = {"mask": "binary", **dict.fromkeys(EDGES, "float64")}
PREDICTION: Final = TRUTH
"""`mask` is a grey PNG of the picture; edges of the box are zeros where there is no ink."""

Floats = NDArray[np.float64]


def read_truth(known: Mapping[str, Any], *, frames: Floats) -> Columns:
    """The mask of each picture, and the box around its ink."""
    masks = _column(known[features.INK])
    edges = np.array([_box(decode(mask) >= 0.5) for mask in masks], np.float64).reshape(-1, 4)
    return {"mask": masks, **dict(zip(EDGES, edges.T, strict=True))}


def read_predictions(outputs: Mapping[str, Any]) -> Columns:
    """Mask and box."""
    edges = np.asarray(outputs["box"], np.float64).reshape(-1, 4)
    return {"mask": _column(outputs["mask_bytes"]), **dict(zip(EDGES, edges.T, strict=True))}


def _column(of: Any) -> NDArray[np.object_]:
    masks = np.empty(np.size(of), object)
    masks[:] = [bytes(one) for one in np.ravel(of)]
    return masks


def decode(mask: bytes) -> NDArray[np.float32]:
    """A grey PNG as float32 [height, width] in [0, 1]."""
    grey = cv2.imdecode(np.frombuffer(mask, np.uint8), cv2.IMREAD_GRAYSCALE)
    return np.asarray(grey, np.float32) / np.float32(255)


def _box(ink: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    height, width = ink.shape
    x, y, across, down = cv2.boundingRect(ink.view(np.uint8))
    return x / width, y / height, (x + across) / width, (y + down) / height


def measure(truth: Columns, predictions: Columns, *, classes: int) -> Columns:
    """The measures of n pictures, at the resolution of the ground truth.

    Returns:
        there: 1 where there is ink, else 0.
        intersection, union: shares of the picture that are ink in both masks, and in either.
        areas: the sum of both masks' shares.
        iou, dice: of each picture; 1 where neither mask has ink.
        soft_dice: likewise, of the probabilities as they are, not of what is likely.
        box_iou: of the boxes around the ink; 0 where there is none.
    """
    rows = [_overlap(*pair) for pair in zip(truth["mask"], predictions["mask"], strict=True)]
    intersection, union, soft = np.array(rows, np.float64).reshape(-1, 3).T
    iou = np.divide(intersection, union, out=np.ones(len(union)), where=union > 0)
    there = (truth["xmax"] > truth["xmin"]).astype(np.float64)
    return {
        "there": there,
        "intersection": intersection,
        "union": union,
        "areas": union + intersection,
        "iou": iou,
        "dice": 2 * iou / (1 + iou),
        "soft_dice": soft,
        "box_iou": boxes.iou(box_of(truth), box_of(predictions)) * there,
    }


def masks_of(truth: bytes, prediction: bytes) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Both masks, float32 [height, width] in [0, 1], at the resolution of the ground truth."""
    true, predicted = decode(truth), decode(prediction)
    if predicted.shape != true.shape:
        predicted = cv2.resize(predicted, true.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return true, predicted


def _overlap(truth: bytes, prediction: bytes) -> tuple[float, float, float]:
    true, predicted = masks_of(truth, prediction)
    ink, likely = true >= 0.5, predicted >= 0.5
    areas = float(ink.sum() + predicted.sum())
    soft = 2 * float(predicted[ink].sum()) / areas if areas else 1.0
    return float((ink & likely).mean()), float((ink | likely).mean()), soft
