"""Predictions beside the ground truth, as the figures and sections of the report take them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digit.evaluated import EvaluatedDigits
from vocabulary import boxes
from vocabulary.boxes import box_of
from vocabulary.task.report import Evaluated


@dataclass(frozen=True)
class EvaluatedPictures(EvaluatedDigits):
    """The ground truth of n pictures, and what a model predicts.

    Attributes:
        boxes: the ground truth, float64 [n, 4], (xmin, ymin, xmax, ymax) in [0, 1].
        predicted_boxes: float64 [n, 4], which may be degenerate.
    """

    boxes: NDArray[np.float64]
    predicted_boxes: NDArray[np.float64]

    @property
    def ious(self) -> NDArray[np.float64]:
        """Intersection over union of the boxes, in [0, 1], [n]; 0 for a degenerate box."""
        return boxes.iou(self.boxes, self.predicted_boxes)


def evaluated_pictures(evaluated: Evaluated) -> EvaluatedPictures:
    """The predictions in the columns of an evaluation."""
    truth, predicted = evaluated.truth, evaluated.predictions
    return EvaluatedPictures(
        digits=truth["digit"],
        boxes=box_of(truth),
        predicted_digits=predicted["digit"],
        predicted_boxes=box_of(predicted),
        confidences=predicted["confidence"],
        classes=evaluated.classes,
    )
