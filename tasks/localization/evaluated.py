"""Predictions beside the ground truth, as the figures and sections of the report take them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tasks.localization.measures import box_of
from vocabulary import boxes
from vocabulary.task.report import Evaluated


@dataclass(frozen=True)
class EvaluatedPictures:
    """The ground truth of n pictures, and what a model predicts.

    Attributes:
        digits: the ground truth, int64 [n].
        boxes: the ground truth, float64 [n, 4], (xmin, ymin, xmax, ymax) in [0, 1].
        predicted_digits: int64 [n].
        predicted_boxes: float64 [n, 4], which may be degenerate.
        confidences: the probability of each predicted digit, float64 [n].
    """

    digits: NDArray[np.int64]
    boxes: NDArray[np.float64]
    predicted_digits: NDArray[np.int64]
    predicted_boxes: NDArray[np.float64]
    confidences: NDArray[np.float64]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each digit is right, [n]."""
        return self.digits == self.predicted_digits

    @property
    def ious(self) -> NDArray[np.float64]:
        """Intersection over union of the boxes, in [0, 1], [n]; 0 for a degenerate box."""
        return boxes.iou(self.boxes, self.predicted_boxes)


def chosen(evaluated: Evaluated, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Evaluated:
    """Some pictures of an evaluation."""
    return replace(
        evaluated,
        ids=np.array(evaluated.ids)[rows].tolist(),
        truth={name: column[rows] for name, column in evaluated.truth.items()},
        predictions={name: column[rows] for name, column in evaluated.predictions.items()},
    )


def evaluated_pictures(evaluated: Evaluated) -> EvaluatedPictures:
    """The predictions in the columns of an evaluation."""
    truth, predicted = evaluated.truth, evaluated.predictions
    return EvaluatedPictures(
        digits=truth["digit"],
        boxes=box_of(truth),
        predicted_digits=predicted["digit"],
        predicted_boxes=box_of(predicted),
        confidences=predicted["confidence"],
    )
