"""The metrics of localization, each written once; NumPy is loaded only where they are computed.

All but one are of the pictures with a digit.
"""

from typing import TYPE_CHECKING, Any, Final

from tasks.localization.examples import NO_DIGIT
from vocabulary.task.judging import Columns, Metric, OfRows, Ratio, Share, Sums

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RIGHT: Final = "joint_at_50"
_DIGITS: Final = "digits"
"""The measure that counts the pictures with a digit."""


def _boxes_at(threshold: float) -> Share:
    return Share(lambda measured: measured["iou"] >= threshold, of=_DIGITS)


def _calibration_gap(sums: Sums) -> "NDArray[np.float64]":
    """Guo et al., On Calibration of Modern Neural Networks, 2017, in 15 bins of equal width.

    The gap between confidence and accuracy in each bin, weighted by how many pictures it holds.
    """
    total: NDArray[np.float64] = abs(sums["gap"]).sum(axis=-1)
    return total


def _coco_map(
    truth: Columns, predictions: Columns, groups: "NDArray[np.int64]", count: int
) -> "NDArray[np.float64]":
    from tasks.localization.coco import mean_average_precision  # loads pycocotools

    there = truth["digit"] != NO_DIGIT
    truth, predictions = (
        {name: column[there] for name, column in columns.items()}
        for columns in (truth, predictions)
    )
    return mean_average_precision(truth, predictions, groups[there], count)


def _right_and_at(threshold: float) -> Share:
    def holds(measured: Columns) -> "NDArray[Any]":
        right: NDArray[Any] = measured["right"] * (measured["iou"] >= threshold)
        return right

    return Share(holds, of=_DIGITS)


METRICS: Final = (
    Metric("accuracy", "accuracy", Share(lambda of: of["right"], _DIGITS), shown="always"),
    Metric("mean_iou", "mean IoU", Ratio("iou", whole=_DIGITS), shown="always"),
    # Large digits weigh more.
    Metric("pooled_iou", "pooled IoU", Ratio("intersection", whole="union")),
    Metric("iou_at_50", "boxes at IoU ≥ 0.5", _boxes_at(0.5), shown="run"),
    Metric("iou_at_60", "boxes at IoU ≥ 0.6", _boxes_at(0.6)),
    Metric("iou_at_75", "boxes at IoU ≥ 0.75", _boxes_at(0.75), shown="run"),
    Metric("iou_at_90", "boxes at IoU ≥ 0.9", _boxes_at(0.9), shown="run"),
    Metric(RIGHT, "digit right, IoU ≥ 0.5", _right_and_at(0.5)),
    Metric(
        "edge_error", "edge error, pixels", Ratio("edge_error", whole=_DIGITS, most="edge_reach"),
        bar=False, better="lower", unit="pixels",
    ),
    Metric(
        "calibration_error", "calibration error", Ratio(_calibration_gap, whole=_DIGITS),
        bar=False, better="lower",
    ),
    Metric(
        "empty_recall", "recall of no digit", Share(lambda of: of["silent"], of="empty"),
        shown="run", bar=False,
    ),
    Metric("coco_map", "COCO mAP@[.5:.95]", OfRows(_coco_map), bar=False),
)  # fmt: skip
