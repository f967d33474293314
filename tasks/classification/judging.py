"""The metrics of classification, each written once; NumPy is loaded only where they are computed.

Precision, recall and F1 are means over the digits that there are pictures of, each of which counts
as much as any other: the macro averages of scikit-learn.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from digit.metrics import ACCURACY, CALIBRATION_ERROR, DIGITS, EMPTY_RECALL
from vocabulary.task.judging import Metric, Ratio, Sums

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RIGHT: Final = "accuracy"


def precision(sums: Sums) -> "Floats":
    """Of each digit: how many of the pictures that are read as it show it, [..., 10]."""
    return _divided(sums["hit"], sums["predicted"])


def recall(sums: Sums) -> "Floats":
    """Of each digit: how many of its pictures are read as it, [..., 10]."""
    return _divided(sums["hit"], sums["true"])


def f1(sums: Sums) -> "Floats":
    """Of each digit: the harmonic mean of precision and recall, [..., 10]."""
    return _divided(2 * sums["hit"], sums["true"] + sums["predicted"])


def _divided(part: "Floats", whole: "Floats") -> "Floats":
    """0 where there is nothing to divide by."""
    return part / (whole + (whole == 0))


def _mean(of: "Callable[[Sums], Floats]") -> Ratio:
    """A mean over digits, as a ratio whose whole is the number of pictures."""

    def part(sums: Sums) -> "Floats":
        there: NDArray[Any] = sums["true"] > 0
        mean: Floats = _divided((of(sums) * there).sum(axis=-1), there.sum(axis=-1))
        return mean * sums[DIGITS]

    return Ratio(part, whole=DIGITS)


METRICS: Final = (
    ACCURACY,
    Metric("precision", "precision, mean of digits", _mean(precision), shown="run"),
    Metric("recall", "recall, mean of digits", _mean(recall), shown="run"),
    Metric("f1", "F1, mean of digits", _mean(f1), shown="always"),
    CALIBRATION_ERROR,
    EMPTY_RECALL,
)
