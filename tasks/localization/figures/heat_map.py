"""Where in the picture boxes fit worse."""

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray

from components.report.figure import SEQUENTIAL, Drawing
from tasks.localization.evaluated import EvaluatedPictures
from vocabulary.document import Figure

_CELLS = 8
_FEWEST = 5
"""Cells with fewer pictures stay empty: their means are chance."""

_REACH = 0.1
"""How far the colours reach at least on both sides of the mean, so that noise looks like noise."""

_CHANCE = 3.4
"""Standard errors by which one of 64 cells is off by chance once in twenty times (Bonferroni)."""

Grid = NDArray[np.float64]


def by_place(predictions: EvaluatedPictures) -> tuple[Grid, Grid]:
    """Mean IoU (NaN where there are too few) and pictures by the centre of the true box.

    Both are float64 [8, 8], rows from the top, columns from the left.
    """
    centres = (predictions.boxes[:, :2] + predictions.boxes[:, 2:]) / 2
    x, y = np.clip((centres * _CELLS).astype(int), 0, _CELLS - 1).T
    cells = y * _CELLS + x
    counts = np.bincount(cells, minlength=_CELLS**2).astype(np.float64)
    sums = np.bincount(cells, predictions.ious, _CELLS**2)
    means = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts >= _fewest(counts))
    return means.reshape(_CELLS, _CELLS), counts.reshape(_CELLS, _CELLS)


def _fewest(counts: Grid) -> int:
    return min(_FEWEST, int(counts.max()))


def draw(predictions: EvaluatedPictures) -> Figure:
    """Colours around the mean of all; each cell's own is written in it."""
    means, counts = by_place(predictions)
    middle = float(predictions.ious.mean())
    reach = max(_REACH, float(np.nanmax(np.abs(means - middle))))
    low, high = middle - reach, middle + reach
    edges = np.linspace(0, 1, _CELLS + 1)
    with Drawing("heat-map", 4.3, 3.7) as drawing:
        (axes,) = drawing.axes()
        mesh = axes.pcolormesh(
            edges, edges, np.ma.masked_invalid(means), cmap=colormaps[SEQUENTIAL], vmin=low,
            vmax=high,
        )  # fmt: skip
        for row, column in np.argwhere(np.isfinite(means)):
            mean = means[row, column]
            pale = mean > middle
            axes.text(
                (column + 0.5) / _CELLS, (row + 0.5) / _CELLS, f"{mean:.2f}".removeprefix("0"),
                ha="center", va="center", fontsize=7.5, color="black" if pale else "white",
            )  # fmt: skip
        axes.set(xlabel="x, share of the width", ylabel="y, share of the height", aspect="equal")
        axes.invert_yaxis()
        axes.grid(visible=False)
        bar = drawing.figure.colorbar(mesh, ax=axes, shrink=0.85)
        bar.set_label("mean IoU")
        bar.outline.set_visible(False)
        return drawing.finish(_conclude(means, counts, predictions.ious))


def _conclude(means: Grid, counts: Grid, ious: Grid) -> str:
    row, column = np.unravel_index(np.nanargmin(means), means.shape)
    spread = float(np.nanmax(means) - np.nanmin(means))
    off = np.abs(means - ious.mean()) * np.sqrt(counts)  # in deviations of one picture
    beyond = float(np.nanmax(off)) > _CHANCE * float(ious.std())
    verdict = "the place matters" if beyond else "that may be chance, the place hardly matters"
    return (
        "Mean IoU by the centre of the true box; cells with fewer than "
        f"{_fewest(counts)} pictures are empty. The lowest is {means[row, column]:.3f}, of "
        f"{int(counts[row, column])} pictures, {spread:.3f} below the highest: {verdict}."
    )
