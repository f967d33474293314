"""Which digits are confused with which."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import PowerNorm
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix

from components.report.figure import EMPTY, FAINT, SEQUENTIAL, Drawing
from digit.evaluated import EvaluatedDigits
from vocabulary.document import Figure

_NARROW, _CELL = 10, 0.36
"""Classes that fit beside another figure; above, a cell has so many inches."""
_DRAWN = 30
_STRETCHED = 0.5
"""The power of a share that its colour is of: few mistakes differ from none and from many."""
_LETTERS = 3
"""Of a name that stands upright below a column."""


def draw(predictions: EvaluatedDigits, *, name: str = "confusion") -> Figure:
    """Shares of each row as colours, counts as numbers; cells of 0 stay empty.

    Of very many classes, those with the most mistakes.
    """
    whole = confusion_matrix(
        predictions.digits, predictions.predicted_digits, labels=range(len(predictions.classes))
    )
    drawn = _most_confused(whole)
    matrix, names = whole[np.ix_(drawn, drawn)], [predictions.classes[index] for index in drawn]
    shares = matrix / np.maximum(whole[drawn].sum(axis=1, keepdims=True), 1)
    side = _CELL * max(len(names) - _NARROW, 0)
    with Drawing(name, 4.3 + side, 4.1 + side) as drawing:
        (axes,) = drawing.axes()
        mesh = axes.pcolormesh(
            np.ma.masked_equal(shares, 0), cmap=colormaps[SEQUENTIAL],
            norm=PowerNorm(_STRETCHED, 0, 1), edgecolors=EMPTY, linewidth=1,
        )  # fmt: skip
        for row, column in zip(*np.nonzero(matrix), strict=True):
            pale = shares[row, column] ** _STRETCHED > 0.5
            axes.text(
                column + 0.5, row + 0.5, str(matrix[row, column]), ha="center", va="center",
                fontsize=8.5, color="black" if pale else "white",
            )  # fmt: skip
        axes.set(xlabel="predicted", ylabel="true", aspect="equal")
        places = np.arange(len(names)) + 0.5
        upright = all(len(name) <= _LETTERS for name in names)
        axes.set_xticks(places, names, rotation=0 if upright else 90)
        axes.set_yticks(places, names)
        axes.invert_yaxis()
        axes.grid(visible=False)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set(visible=True, color=FAINT)
        bar = drawing.figure.colorbar(mesh, ax=axes, shrink=0.85)
        bar.set_label("share of the row")
        bar.outline.set_visible(False)
        return drawing.finish(_conclude(whole, predictions.classes), wide=side > 0)


def _most_confused(matrix: NDArray[np.int64]) -> NDArray[np.int64]:
    """The indices of the classes to draw, in their order."""
    mistakes = matrix.sum(axis=0) + matrix.sum(axis=1) - 2 * matrix.diagonal()
    return np.sort(np.argsort(-mistakes, kind="stable")[:_DRAWN])


def _conclude(matrix: NDArray[np.int64], classes: Sequence[str]) -> str:
    mistakes = matrix.copy()
    np.fill_diagonal(mistakes, 0)
    total = int(mistakes.sum())
    what = (
        "Confusion matrix: the number of pictures of each true digit (rows) that are read as each "
        "(columns); colours are shares of the row."
    )
    if len(classes) > _DRAWN:
        what += f" Drawn are the {_DRAWN} of {len(classes)} classes with the most mistakes."
    if not total:
        return f"{what} All {int(matrix.sum()):,} predictions are right."
    row, column = map(int, np.unravel_index(mistakes.argmax(), mistakes.shape))
    count = int(mistakes[row, column])
    times = f"{count:,} {'time' if count == 1 else 'times'}"
    return (
        f"{what} {total:,} of {int(matrix.sum()):,} predictions are wrong; the most common mistake "
        f"is to predict {classes[column]} for a {classes[row]}, {times}."
    )
