"""Boxes: `(xmin, ymin, xmax, ymax)`, edges in [0, 1] of the picture, and how far two agree.

Edges, not centres: a box around the pixels x0..x1 inclusive of a picture W wide runs from x0/W to
(x1+1)/W.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

EDGES: Final = ("xmin", "ymin", "xmax", "ymax")
"""The columns of a box, where a task keeps one in the rows of an evaluation."""

Edges = tuple[float, float, float, float]
"""A box: (xmin, ymin, xmax, ymax) in [0, 1] of the picture."""

Floats = NDArray[np.float64]


def box_of(columns: Mapping[str, NDArray[Any]]) -> Floats:
    """The boxes in columns: float64 [n, 4], (xmin, ymin, xmax, ymax)."""
    return np.stack([columns[edge] for edge in EDGES], axis=-1)


def sizes(boxes: ArrayLike, edges: Sequence[float], names: Sequence[str]) -> NDArray[np.str_]:
    """The name of the size of each box of float [n, 4].

    Sizes part at `edges`, each the side of a square of the box's area, of the picture's side; an
    edge belongs to the larger size.
    """
    return np.array(names)[np.digitize(np.sqrt(areas(boxes)), edges)]


def areas(boxes: ArrayLike) -> Floats:
    """Area of each box of float [..., 4]: float64 [...], in units of the picture's area.

    It is 0 for a degenerate box (inverted, not finite).
    """
    xmin, ymin, xmax, ymax = np.moveaxis(np.asarray(boxes, np.float64), -1, 0)
    with np.errstate(invalid="ignore", over="ignore"):
        width, height = xmax - xmin, ymax - ymin
        valid = np.isfinite(width) & np.isfinite(height) & (width > 0) & (height > 0)
        return np.where(valid, width, 0.0) * np.where(valid, height, 0.0)


def intersections_and_unions(first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats]:
    """Area in common and area covered, box by box: float64 [...] each, of float [..., 4].

    A degenerate box covers nothing: it shares no area with any other.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    area_a, area_b = areas(a), areas(b)
    common = np.concatenate(
        [np.maximum(a[..., :2], b[..., :2]), np.minimum(a[..., 2:], b[..., 2:])], axis=-1
    )
    both = np.where((area_a > 0) & (area_b > 0), areas(common), 0.0)
    return both, area_a + area_b - both


def iou(first: ArrayLike, second: ArrayLike) -> Floats:
    """Intersection over union (the Jaccard index), box by box: float64 [...] of float [..., 4].

    It is in [0, 1], and 0 wherever either box is degenerate.
    """
    both, union = intersections_and_unions(first, second)
    return np.divide(both, union, out=np.zeros_like(both), where=union > 0)
