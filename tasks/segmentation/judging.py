"""The metrics of segmentation.

Dice (L. R. Dice 1945) is 2 I / (A + B) of the intersection I and the areas A, B of two masks; IoU
(P. Jaccard 1901) is I / (A + B - I): of one pair of masks, IoU = Dice / (2 - Dice). Of means over
pictures that does not hold.
"""

from typing import TYPE_CHECKING, Any, Final

from vocabulary.task.judging import Columns, Metric, Ratio, Share, Sums

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RIGHT: Final = "iou_at_75"


def _at_75(measured: Columns) -> "NDArray[Any]":
    right: NDArray[Any] = measured["iou"] >= 0.75
    return right


def _doubled(sums: Sums) -> "NDArray[np.float64]":
    return 2.0 * sums["intersection"]


METRICS: Final = (
    Metric("dice", "mean Dice", Ratio("dice"), shown="always"),
    Metric("mean_iou", "mean IoU", Ratio("iou"), shown="always"),
    Metric("soft_dice", "mean Dice of probabilities", Ratio("soft_dice")),
    # Pictures with much ink weigh more.
    Metric("pooled_dice", "pooled Dice", Ratio(_doubled, whole="areas")),
    Metric("pooled_iou", "pooled IoU", Ratio("intersection", whole="union")),
    Metric(RIGHT, "masks at IoU ≥ 0.75", Share(_at_75), shown="run"),
    Metric("box_iou", "mean IoU of the boxes around", Ratio("box_iou", whole="there"), shown="run"),
)
