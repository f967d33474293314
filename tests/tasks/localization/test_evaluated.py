"""Predictions beside the ground truth."""

from collections.abc import Callable

import numpy as np
import pytest

from tasks.localization.evaluated import EvaluatedPictures, evaluated_pictures
from vocabulary.classes import TEN
from vocabulary.task.report import Evaluated

Make = Callable[..., EvaluatedPictures]


def test_the_overlap_and_the_digit_are_judged(make_predictions: Make) -> None:
    boxes = [(0.2, 0.2, 0.6, 0.7), (0.2, 0.2, 0.4, 0.7), (0.6, 0.7, 0.2, 0.2)]
    predictions = make_predictions(boxes, predicted=[3, 8, 3])
    assert predictions.ious == pytest.approx([1.0, 0.5, 0.0])
    assert predictions.right.tolist() == [True, False, True]


def test_columns_become_boxes_in_the_order_of_their_edges() -> None:
    edges = {"ymax": [0.4], "xmin": [0.1], "ymin": [0.2], "xmax": [0.3]}
    columns = {name: np.array(values) for name, values in edges.items()}
    truth = columns | {"digit": np.array([7])}
    predicted = {name: values + 0.1 for name, values in columns.items()}
    predicted |= {"digit": np.array([1]), "confidence": np.array([0.6])}
    predictions = evaluated_pictures(Evaluated(["a"], truth, predicted, lambda ids: {}, TEN))
    assert predictions.boxes == pytest.approx(np.array([[0.1, 0.2, 0.3, 0.4]]))
    assert predictions.predicted_boxes == pytest.approx(np.array([[0.2, 0.3, 0.4, 0.5]]))
    assert (predictions.digits[0], predictions.predicted_digits[0]) == (7, 1)
    assert predictions.confidences[0] == 0.6
