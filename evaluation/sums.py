"""What pictures add up to: each picture's contribution to the metrics, as a row of a matrix.

Batches are measured here (called from `evaluation.extraction`) and added up by slice;
`evaluation.metrics` reads the metrics off the totals.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vocabulary import boxes, features

IOU_THRESHOLDS: Final = (0.5, 0.6, 0.75, 0.9)
JOINT_THRESHOLD: Final = 0.5
CONFIDENCE_BINS: Final = 15

SUMS: Final = "localization"
"""The extract that holds {model: float64 [GROUPS, SIZE]}, sums over some pictures of a slice."""

_SIZES: Final = {
    "pictures": 1,
    "right_digit": 1,
    "iou": 1,
    "intersection": 1,
    "union": 1,
    "hits": len(IOU_THRESHOLDS),
    "joint": 1,
    "edge_error": 1,
    "edge_reach": 1,
    "gap": CONFIDENCE_BINS,
    "confusion": features.NUM_CLASSES**2,
    "both": 2 + len(IOU_THRESHOLDS),
}
SIZE: Final = sum(_SIZES.values())

Floats = NDArray[np.float64]


class Totals(NamedTuple):
    """Sums over pictures; each is float64 [...] or, where said, [..., n].

    Attributes:
        pictures: how many.
        right_digit: how many with the right digit.
        iou: of the intersections over unions, one for each picture.
        intersection: of the areas in common, in units of the picture's area.
        union: of the areas covered.
        hits: how many at least at each of `IOU_THRESHOLDS`, [..., 4].
        joint: how many with the right digit and at least `JOINT_THRESHOLD`.
        edge_error: of the mean distance of a box's four edges from the true ones, in pixels.
        edge_reach: of the highest edge error that a picture can have.
        gap: of 1 for a right digit (else 0) minus the confidence, by bin of confidence, [..., 15].
        confusion: how many of each true digit (row) were taken for each (column), [..., 100].
        both: how many of `shares` the baseline has as well, [..., 6].
    """

    pictures: Floats
    right_digit: Floats
    iou: Floats
    intersection: Floats
    union: Floats
    hits: Floats
    joint: Floats
    edge_error: Floats
    edge_reach: Floats
    gap: Floats
    confusion: Floats
    both: Floats

    @property
    def shares(self) -> Floats:
        """What is counted as a share of the pictures: right digit, hits and joint, [..., 6]."""
        ends = self.right_digit[..., np.newaxis], self.joint[..., np.newaxis]
        return np.concatenate([ends[0], self.hits, ends[1]], axis=-1)


def measure(
    *,
    digits: NDArray[np.int64],
    true_boxes: Floats,
    probabilities: Floats,
    predicted_boxes: Floats,
    frames: Floats,
) -> Floats:
    """Each picture's contribution to `Totals`, flat: float64 [n, SIZE]; see `pair` for `both`.

    Args:
        digits: the true ones, [n].
        true_boxes: [n, 4], (xmin, ymin, xmax, ymax) in [0, 1].
        probabilities: the model's of each digit, [n, 10].
        predicted_boxes: the model's, [n, 4]; a degenerate one has IoU 0.
        frames: [n, 2], the (height, width) of each in pixels of the canvas, which distances of
            edges are counted in.
    """
    count = len(digits)
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    intersection, union = boxes.intersections_and_unions(true_boxes, predicted_boxes)
    iou = np.divide(intersection, union, out=np.zeros(count), where=union > 0)
    right = (digits == predicted).astype(np.float64)
    bins = np.clip(
        (np.nan_to_num(confidence) * CONFIDENCE_BINS).astype(int), 0, CONFIDENCE_BINS - 1
    )
    columns = [
        np.ones(count),
        right,
        iou,
        intersection,
        union,
        iou[:, np.newaxis] >= IOU_THRESHOLDS,
        right * (iou >= JOINT_THRESHOLD),
        _edge_errors(true_boxes, predicted_boxes, frames),
        frames.mean(axis=1),
        np.eye(CONFIDENCE_BINS)[bins] * (right - confidence)[:, np.newaxis],
        np.eye(features.NUM_CLASSES**2)[digits * features.NUM_CLASSES + predicted],
        np.zeros((count, _SIZES["both"])),
    ]
    return np.concatenate([np.reshape(column, (count, -1)) for column in columns], axis=1)


def pair(measured: Floats, baseline: Floats) -> Floats:
    """What `measure` gives for a model, with `both` of it and the baseline: float64 [n, SIZE]."""
    both = as_totals(measured).shares * as_totals(baseline).shares
    return np.concatenate([measured[:, : -both.shape[1]], both], axis=1)


def _edge_errors(true: Floats, predicted: Floats, frames: Floats) -> Floats:
    """Mean distance of the four edges in pixels, at most a side of the picture for each."""
    off = np.clip(np.nan_to_num(np.abs(predicted - true), nan=1.0, posinf=1.0), 0.0, 1.0)
    return np.mean(off * frames[:, [1, 0, 1, 0]], axis=1)


def as_totals(vectors: Floats) -> Totals:
    """Flat vectors, [..., SIZE], by name."""
    parts = np.split(vectors, np.cumsum(list(_SIZES.values()))[:-1], axis=-1)
    sized = zip(parts, _SIZES.values(), strict=True)
    return Totals(*(part if size > 1 else part[..., 0] for part, size in sized))
