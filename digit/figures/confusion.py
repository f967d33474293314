"""Which digits are confused with which."""

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix

from components.report.figure import EMPTY, FAINT, SEQUENTIAL, Drawing
from digit.evaluated import EvaluatedDigits
from vocabulary.document import Figure
from vocabulary.features import NUM_CLASSES

_DIGITS = np.arange(NUM_CLASSES)


def draw(predictions: EvaluatedDigits) -> Figure:
    """Shares of each row as colours, counts as numbers; cells of 0 stay empty."""
    matrix = confusion_matrix(predictions.digits, predictions.predicted_digits, labels=_DIGITS)
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    with Drawing("confusion", 4.3, 4.1) as drawing:
        (axes,) = drawing.axes()
        axes.pcolormesh(
            np.ma.masked_equal(shares, 0), cmap=colormaps[SEQUENTIAL], vmin=0, vmax=1,
            edgecolors=EMPTY, linewidth=1,
        )  # fmt: skip
        for row, column in zip(*np.nonzero(matrix), strict=True):
            pale = shares[row, column] > 0.5
            axes.text(
                column + 0.5, row + 0.5, str(matrix[row, column]), ha="center", va="center",
                fontsize=8.5, color="black" if pale else "white",
            )  # fmt: skip
        axes.set(xlabel="prediction", ylabel="ground truth", aspect="equal")
        axes.set_xticks(_DIGITS + 0.5, map(str, _DIGITS))
        axes.set_yticks(_DIGITS + 0.5, map(str, _DIGITS))
        axes.invert_yaxis()
        axes.grid(visible=False)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set(visible=True, color=FAINT)
        return drawing.finish(_conclude(matrix))


def _conclude(matrix: NDArray[np.int64]) -> str:
    mistakes = matrix.copy()
    np.fill_diagonal(mistakes, 0)
    total = int(mistakes.sum())
    what = "Confusion matrix: the number of pictures with each ground truth and prediction."
    if not total:
        return f"{what} All {int(matrix.sum()):,} predictions are right."
    row, column = np.unravel_index(mistakes.argmax(), mistakes.shape)
    times = int(mistakes[row, column])
    return (
        f"{what} {total:,} of {int(matrix.sum()):,} predictions are wrong; the most common mistake "
        f"is to predict {column} for a {row}, {times:,} {'time' if times == 1 else 'times'}."
    )
