"""The metrics of digits, each written once; NumPy is loaded only where they are computed.

All but the last are of the pictures with a digit. Precision, recall and F1 are means over the
digits that there are pictures of, each of which counts as much as any other: the macro averages of
scikit-learn.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from vocabulary.task.judging import Calibration, Confusion, Metric, Plot, Ratio, Share, Sums

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DIGITS: Final = "digits"
"""The measure that counts the pictures with a digit."""


def _calibration_gap(sums: Sums) -> "Floats":
    """Guo et al., On Calibration of Modern Neural Networks, 2017, in 15 bins of equal width.

    The gap between confidence and accuracy in each bin, weighted by how many pictures it holds.
    """
    total: Floats = abs(sums["gap"]).sum(axis=-1)
    return total


def precision(sums: Sums) -> "Floats":
    """Of each digit: how many of the pictures that are read as it show it, [..., classes]."""
    return _divided(sums["hit"], sums["predicted"])


def recall(sums: Sums) -> "Floats":
    """Of each digit: how many of its pictures are read as it, [..., classes]."""
    return _divided(sums["hit"], sums["true"])


def f1(sums: Sums) -> "Floats":
    """Of each digit: the harmonic mean of precision and recall, [..., classes]."""
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


ACCURACY: Final = Metric(
    "accuracy", "accuracy", Share(lambda of: of["right"], DIGITS), shown="always"
)
PRECISION: Final = Metric("precision", "precision, mean of digits", _mean(precision), shown="run")
RECALL: Final = Metric("recall", "recall, mean of digits", _mean(recall), shown="run")
F1: Final = Metric("f1", "F1, mean of digits", _mean(f1), shown="always")
CALIBRATION_ERROR: Final = Metric(
    "calibration_error", "calibration error", Ratio(_calibration_gap, whole=DIGITS),
    bar=False, better="lower",
)  # fmt: skip
EMPTY_RECALL: Final = Metric(
    "empty_recall", "recall of no digit", Share(lambda of: of["silent"], of="empty"),
    shown="run", bar=False,
)  # fmt: skip

PLOTS: Final[tuple[Plot, ...]] = (
    Confusion(truth="digit", prediction="digit"),
    Calibration("confidence", right="right", of=DIGITS),
)
