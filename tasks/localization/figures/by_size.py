"""How well boxes fit digits of each size."""

import numpy as np

from components.report.figure import BLUE, ORANGE, Drawing
from tasks.localization.evaluated import EvaluatedPictures
from vocabulary import boxes
from vocabulary.document import Figure

_BINS = 8
_DRAWN = 2000
"""Points; more would make the page heavy and the figure black."""


def draw(predictions: EvaluatedPictures) -> Figure:
    """A point for each picture, and the median in bins that hold as many pictures each."""
    ious, sizes = predictions.ious, np.sqrt(boxes.areas(predictions.boxes))
    order = np.argsort(sizes, kind="stable")
    bins = [rows for rows in np.array_split(order, _BINS) if len(rows)]
    middles = [float(np.median(sizes[rows])) for rows in bins]
    medians = [float(np.median(ious[rows])) for rows in bins]
    drawn = np.linspace(0, len(ious) - 1, min(len(ious), _DRAWN)).astype(int)
    with Drawing("iou-by-size") as drawing:
        (axes,) = drawing.axes()
        axes.scatter(sizes[drawn], ious[drawn], s=5, color=BLUE, alpha=0.25, linewidths=0)
        axes.plot(middles, medians, color=ORANGE, marker="s", markersize=5, label="median")
        low = float(np.percentile(ious, 1))
        axes.set(
            xlabel="size of the true box, of the picture's side", ylabel="IoU",
            ylim=(max(min(low, *medians) - 0.02, -0.02), 1.01),
        )  # fmt: skip
        axes.legend(loc="lower right")
        return drawing.finish(
            "IoU against the size of the digit (the side of a square of its box's area). The "
            f"smallest eighth has a median IoU of {medians[0]:.3f}, the largest {medians[-1]:.3f}: "
            "an edge that is a pixel off costs a small box more. The lowest 1% may lie below the "
            "axis."
        )
