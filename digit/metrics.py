"""The metrics of digits, each written once; NumPy is loaded only where they are computed.

All but the last are of the pictures with a digit.
"""

from typing import TYPE_CHECKING, Final

from vocabulary.task.judging import Metric, Ratio, Share, Sums

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DIGITS: Final = "digits"
"""The measure that counts the pictures with a digit."""


def _calibration_gap(sums: Sums) -> "NDArray[np.float64]":
    """Guo et al., On Calibration of Modern Neural Networks, 2017, in 15 bins of equal width.

    The gap between confidence and accuracy in each bin, weighted by how many pictures it holds.
    """
    total: NDArray[np.float64] = abs(sums["gap"]).sum(axis=-1)
    return total


ACCURACY: Final = Metric("accuracy", "accuracy", Share(lambda of: of["right"], DIGITS), shown="always")
CALIBRATION_ERROR: Final = Metric(
    "calibration_error", "calibration error", Ratio(_calibration_gap, whole=DIGITS),
    bar=False, better="lower",
)  # fmt: skip
EMPTY_RECALL: Final = Metric(
    "empty_recall", "told that there is no digit", Share(lambda of: of["silent"], of="empty"),
    shown="run", bar=False,
)  # fmt: skip
