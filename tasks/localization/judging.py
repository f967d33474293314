"""The metrics of localization, each written once; NumPy is loaded only where they are computed.

All but one are of the pictures with a digit.
"""

from typing import TYPE_CHECKING, Any, Final

from digit.examples import NO_DIGIT
from digit.metrics import ACCURACY, CALIBRATION_ERROR, DIGITS, EMPTY_RECALL, PLOTS
from vocabulary.task.judging import Columns, Metric, OfRows, Ratio, Share

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["METRICS", "PLOTS", "RIGHT"]

RIGHT: Final = "joint_at_50"


def _boxes_at(threshold: float) -> Share:
    return Share(lambda measured: measured["iou"] >= threshold, of=DIGITS)


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

    return Share(holds, of=DIGITS)


METRICS: Final = (
    ACCURACY,
    Metric("mean_iou", "mean IoU", Ratio("iou", whole=DIGITS), shown="always"),
    # Large digits weigh more.
    Metric("pooled_iou", "pooled IoU", Ratio("intersection", whole="union")),
    Metric("iou_at_50", "boxes at IoU ≥ 0.5", _boxes_at(0.5), shown="run"),
    Metric("iou_at_60", "boxes at IoU ≥ 0.6", _boxes_at(0.6)),
    Metric("iou_at_75", "boxes at IoU ≥ 0.75", _boxes_at(0.75), shown="run"),
    Metric("iou_at_90", "boxes at IoU ≥ 0.9", _boxes_at(0.9), shown="run"),
    Metric(RIGHT, "digit right, IoU ≥ 0.5", _right_and_at(0.5)),
    Metric(
        "edge_error", "edge error, pixels", Ratio("edge_error", whole=DIGITS, most="edge_reach"),
        bar=False, better="lower", unit="pixels",
    ),
    CALIBRATION_ERROR,
    EMPTY_RECALL,
    Metric("coco_map", "COCO mAP@[.5:.95]", OfRows(_coco_map), bar=False),
)  # fmt: skip
