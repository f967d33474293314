"""What each picture contributes to the metrics, and what these make of it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evaluation.sums import contributions
from tasks.sequence.judging import METRICS
from tasks.sequence.measures import edit_distance, measure, read_predictions, read_truth
from vocabulary.task.judging import metrics_of

FRAMES = np.zeros((0, 2))


@pytest.mark.parametrize("numbers", [["12", "", "00712"], ["", ""], ["5"], ["", "40"]])
def test_the_truth_is_read_as_text(known: Callable[..., Any], numbers: list[str]) -> None:
    assert read_truth(known(numbers), frames=FRAMES)["number"].tolist() == numbers


def test_a_number_that_is_too_long_is_right_if_it_is_told_to_be(known: Callable[..., Any]) -> None:
    truth = read_truth(known(["1234567", "123456", "123456", "12345"]), frames=FRAMES)
    assert truth["number"].tolist() == ["12345…", "12345…", "12345…", "12345"]
    predictions = {"number": np.array(["12345…", "12345", "12305…", "12345…"])}
    measured = measure(truth, predictions, classes=10)
    assert measured["right"].tolist() == [1, 0, 0, 0]
    assert measured["length_right"].tolist() == [1, 0, 1, 0]
    assert measured["digits"].tolist() == [5, 5, 5, 5]
    assert measured["digits_right"].tolist() == [5, 5, 4, 5]
    assert measured["edits"].tolist() == [0, 1, 1, 1]


def test_predictions_are_read_as_text_with_their_probability() -> None:
    outputs = {
        "length": np.array([2, 0, 6]),
        "digits": np.array([[0, 4, -1, -1, -1], [-1] * 5, [1, 2, 3, 4, 5]]),
        "probability": np.array([0.5, 1.0, 0.25], np.float32),
    }
    read = read_predictions(outputs)
    assert read["number"].tolist() == ["04", "", "12345…"]
    assert read["confidence"].tolist() == [0.5, 1.0, 0.25]


def test_measures_and_metrics_of_right_and_wrong_numbers() -> None:
    truth = {"number": np.array(["123", "", "45", "678"])}
    predictions = {"number": np.array(["123", "1", "54", "68"]), "confidence": np.ones(4)}
    measured = measure(truth, predictions, classes=10)
    assert measured["right"].tolist() == [1, 0, 0, 0]
    assert measured["length_right"].tolist() == [1, 0, 1, 0]
    assert measured["digits_right"].tolist() == [3, 0, 0, 1]
    assert measured["edits"].tolist() == [0, 1, 2, 1]
    sums = {name: column.sum() for name, column in contributions(measured, METRICS).items()}
    metric = metrics_of("sequence")["digit_accuracy"].read
    assert sums[metric.part] / sums[metric.whole] == pytest.approx(4 / 8)


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("", "", 0), ("", "123", 3), ("12345", "12345", 0), ("1234", "2345", 2), ("17", "71", 2)],
)
def test_the_edit_distance_is_symmetric(one: str, other: str, edits: int) -> None:
    assert edit_distance(one, other) == edit_distance(other, one) == edits


def test_coverage_is_computed_of_all_pictures_and_without_each_group() -> None:
    right = np.arange(100) < 60
    truth = {"number": np.where(right, "1", "2")}
    predictions = {"number": np.full(100, "1"), "confidence": np.linspace(1, 0, 100)}
    groups = np.repeat([0, 1], 50)
    compute = metrics_of("sequence")["coverage_at_99"].read.compute
    assert compute(truth, predictions, groups, 2).tolist() == pytest.approx([0.6, 0.2, 1.0])
