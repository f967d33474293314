"""The metrics of sequences, each written once; NumPy is loaded only where they are computed."""

from typing import TYPE_CHECKING, Final

from vocabulary.task.judging import Calibration, Columns, Metric, OfRows, Plot, Ratio, Share

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RIGHT: Final = "string_accuracy"


def _coverage(
    truth: Columns, predictions: Columns, groups: "NDArray[np.int64]", count: int
) -> "NDArray[np.float64]":
    import numpy as np

    from evaluation.coverage import coverage_at

    right, confidence = truth["number"] == predictions["number"], predictions["confidence"]
    kept = [np.ones(len(groups), bool), *(groups != group for group in range(count))]
    return np.array([coverage_at(right[rows], confidence[rows]) for rows in kept])


METRICS: Final = (
    Metric(RIGHT, "whole numbers", Share(lambda of: of["right"]), shown="always"),
    Metric("digit_accuracy", "digits, each at its place", Ratio("digits_right", whole="digits"),
           shown="always"),
    Metric("length_accuracy", "lengths", Share(lambda of: of["length_right"]), shown="run"),
    Metric("coverage_at_99", "coverage at 99% accuracy", OfRows(_coverage), shown="run", bar=False),
    Metric("edit_distance", "edit distance", Ratio("edits", most="most_edits"), bar=False,
           better="lower", unit="digits"),
)  # fmt: skip
PLOTS: Final[tuple[Plot, ...]] = (Calibration("confidence", right="right"),)
