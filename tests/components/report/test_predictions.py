"""What is said of a prediction."""

from collections.abc import Callable

import pytest

from components.report.predictions import Prediction, ious

Make = Callable[..., Prediction]


def test_the_overlap_and_the_digit_are_judged(make_prediction: Make) -> None:
    boxes = [(0.2, 0.2, 0.6, 0.7), (0.2, 0.2, 0.4, 0.7), (0.6, 0.7, 0.2, 0.2)]
    predictions = [make_prediction(box) for box in boxes]
    assert [p.iou for p in predictions] == pytest.approx([1.0, 0.5, 0.0])
    assert ious(predictions) == pytest.approx([1.0, 0.5, 0.0])
    assert make_prediction().right
    assert not make_prediction(said=8).right


def test_a_mistake_is_named_below_its_picture(make_prediction: Make) -> None:
    picture = make_prediction(said=8, sure=0.73).as_picture()
    assert picture.label == "8 (73%), is 3 · IoU 1.00"
    assert picture.wrong
    assert not make_prediction().as_picture().wrong
