"""Which digits are taken for which."""

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray

from components.report.document import Figure
from components.report.figures.canvas import EMPTY, FAINT, SEQUENTIAL, Canvas
from components.report.predictions import Prediction
from vocabulary.features import NUM_CLASSES

Counts = NDArray[np.int64]


def count(predictions: list[Prediction]) -> Counts:
    """How often each digit (row) was read as each (column): int64 [10, 10]."""
    matrix = np.zeros((NUM_CLASSES, NUM_CLASSES), np.int64)
    for p in predictions:
        matrix[p.digit, p.predicted_digit] += 1
    return matrix


def draw(predictions: list[Prediction]) -> Figure:
    """Shares of each row as colours, counts as numbers; cells of nought stay empty."""
    matrix = count(predictions)
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    colours = colormaps[SEQUENTIAL]
    with Canvas("confusion", 4.3, 4.1) as canvas:
        (axes,) = canvas.axes()
        axes.pcolormesh(
            np.ma.masked_equal(shares, 0), cmap=colours, vmin=0, vmax=1, edgecolors=EMPTY,
            linewidth=1,
        )  # fmt: skip
        for row, column in zip(*np.nonzero(matrix), strict=True):
            pale = shares[row, column] > 0.5
            axes.text(
                column + 0.5, row + 0.5, str(matrix[row, column]), ha="center", va="center",
                fontsize=8.5, color="black" if pale else "white",
            )  # fmt: skip
        digits = np.arange(NUM_CLASSES)
        axes.set(xlabel="read as", ylabel="is", aspect="equal")
        axes.set_xticks(digits + 0.5, map(str, digits))
        axes.set_yticks(digits + 0.5, map(str, digits))
        axes.invert_yaxis()
        axes.grid(visible=False)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set(visible=True, color=FAINT)
        return canvas.finish(_conclude(matrix))


def _conclude(matrix: Counts) -> str:
    mistakes = matrix.copy()
    np.fill_diagonal(mistakes, 0)
    total = int(mistakes.sum())
    counted = "Pictures of each digit (row) by what they were read as (column)."
    if not total:
        return f"{counted} Every one of {int(matrix.sum()):,} was read right."
    row, column = np.unravel_index(mistakes.argmax(), mistakes.shape)
    return (
        f"{counted} {total:,} of {int(matrix.sum()):,} are off the diagonal; the most common "
        f"mistake is {row} read as {column}, {mistakes[row, column]:,} times."
    )
