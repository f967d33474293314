"""EvaluatedPictures to draw."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from tasks.localization.evaluated import EvaluatedPictures
from vocabulary.classes import TEN

TRUE = (0.2, 0.2, 0.6, 0.7)
MakePredictions = Callable[..., EvaluatedPictures]


@pytest.fixture
def make_predictions() -> MakePredictions:
    """EvaluatedPictures of one digit each: `make_predictions(boxes, predicted=[3, 8])`.

    By default, ground truth and predictions are the digit 3 in the box `TRUE`.
    """

    def build(
        boxes: Sequence[Sequence[float]] | None = None,
        *,
        predicted: Sequence[int] | None = None,
        confidences: Sequence[float] | None = None,
        digits: Sequence[int] | None = None,
        true_boxes: Sequence[Sequence[float]] | None = None,
    ) -> EvaluatedPictures:
        columns = (boxes, predicted, confidences, digits, true_boxes)
        count = max(len(column) for column in columns if column is not None)
        return EvaluatedPictures(
            digits=np.array([3] * count if digits is None else digits),
            boxes=np.array([TRUE] * count if true_boxes is None else true_boxes),
            predicted_digits=np.array([3] * count if predicted is None else predicted),
            predicted_boxes=np.array([TRUE] * count if boxes is None else boxes),
            confidences=np.array([0.91] * count if confidences is None else confidences),
            classes=TEN,
        )

    return build
