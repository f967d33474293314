"""What a picture contributes, against loops over pictures; degenerate boxes and exact bounds."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from digit.answers import NO_DIGIT_BELOW
from evaluation.sums import as_rows, contributions
from tasks.localization import measures
from tasks.localization.judging import METRICS
from tests.evaluation.parrot import CANVAS, Rows, random_rows
from tests.evaluation.reference import expected
from vocabulary import features
from vocabulary.task.judging import Columns, Ratio, Share


def measured(rows: Rows) -> Columns:
    known: dict[str, Any] = {features.LABEL: rows[:, 0].astype(np.int64)}
    known |= dict(zip(features.BOX, rows[:, 1:5].T, strict=True))
    truth = measures.read_truth(known, frames=np.full((len(rows), 2), CANVAS, np.float64))
    outputs = {"probabilities": np.eye(10)[rows[:, 5].astype(int)] * rows[:, 10:]}
    predictions = measures.read_predictions(outputs | {"box": rows[:, 6:10]})
    return contributions(measures.measure(truth, predictions, classes=10), METRICS)


def one(*row: float) -> dict[str, float]:
    """Of one picture, what it contributes by name; the gap is left out."""
    of = measured(np.array([row]))
    return {name: float(column[0]) for name, column in of.items() if name != "gap"}


def value(name: str, rows: Rows) -> float:
    """A metric as its record says, by sums that are written out."""
    (metric,) = (metric for metric in METRICS if metric.name == name)
    sums = as_rows(measured(rows)).total()
    if isinstance(metric.read, Share):
        return float(sums[f"share of {name}"] / sums[metric.read.of])
    assert isinstance(metric.read, Ratio)
    part = metric.read.part
    return float((sums[part] if isinstance(part, str) else part(sums)) / sums[metric.read.whole])


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 60))
def test_sums_of_any_pictures_give_what_loops_give(seed: int, count: int) -> None:
    rows = random_rows(seed, count)
    reference = expected(rows)
    values = {name: value(name, rows) for name in reference}
    assert values == pytest.approx(reference, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "box",
    [(0.6, 0.6, 0.2, 0.2), (0.2, 0.2, 0.2, 0.6), (math.nan,) * 4, (0.0, 0.0, math.inf, 1.0)],
)
def test_a_degenerate_box_counts_as_a_miss(box: tuple[float, ...]) -> None:
    of = one(3, 0.2, 0.2, 0.6, 0.6, 3, *box, 0.9)
    assert (of["pictures"], of["right"], of["iou"], of["share of joint_at_50"]) == (1, 1, 0, 0)
    assert of["share of iou_at_50"] == 0
    assert of["union"] == pytest.approx(0.16)
    assert 0 < of["edge_error"] <= max(CANVAS)


def test_an_iou_right_at_a_threshold_reaches_it() -> None:
    of = one(1, 0, 0, 1, 1, 1, 0, 0, 0.5, 1, 0.9)
    assert of["iou"] == 0.5
    assert [of[f"share of iou_at_{n}"] for n in (50, 60, 75, 90)] == [1, 0, 0, 0]
    assert of["share of joint_at_50"] == 1


def test_a_wrong_digit_in_the_right_box_is_no_right_prediction() -> None:
    of = one(1, 0, 0, 1, 1, 2, 0, 0, 1, 1, 0.9)
    assert (of["share of iou_at_90"], of["share of joint_at_50"]) == (1, 0)


def test_an_edge_error_is_counted_in_pixels_of_the_canvas() -> None:
    # xmin is off by 0.1 of 80 pixels, ymax by 0.2 of 60.
    of = one(1, 0.2, 0.2, 0.6, 0.6, 1, 0.3, 0.2, 0.6, 0.4, 0.9)
    assert of["edge_error"] == pytest.approx((8 + 12) / 4)


def test_rows_hold_the_columns_that_are_declared_in_their_types() -> None:
    known: dict[str, Any] = {features.LABEL: np.array([[3]])}
    known |= {key: np.array([[0.5]], np.float32) for key in features.BOX}
    truth = measures.read_truth(known, frames=np.ones((1, 2)))
    probabilities = np.array([[0.1, 0.7, 0.2]], np.float32)
    predictions = measures.read_predictions(
        {"probabilities": probabilities, "box": np.array([[0.1, 0.2, 0.3, 0.4]], np.float32)}
    )
    types: dict[str, NDArray[Any]] = {name: truth[name] for name in measures.TRUTH}
    assert {name: str(column.dtype) for name, column in types.items()} == measures.TRUTH
    assert {name: str(column.dtype) for name, column in predictions.items()} == measures.PREDICTION
    assert predictions["digit"].tolist() == [1]
    assert predictions["confidence"] == pytest.approx([0.7])
    assert measures.box_of(predictions) == pytest.approx(np.array([[0.1, 0.2, 0.3, 0.4]]))


def test_pictures_without_a_digit_count_in_the_metric_of_them_alone() -> None:
    rows = random_rows(4, 40)
    empty = np.tile([-1, 0, 0, 0, 0, 3, 0.2, 0.2, 0.6, 0.6, 0.5], (4, 1))
    empty[:3, 10] = NO_DIGIT_BELOW - 0.1
    both = np.concatenate([rows, empty])
    for name, alone in expected(rows).items():
        assert value(name, both) == pytest.approx(alone, rel=1e-9, abs=1e-12), name
    assert value("empty_recall", both) == 0.75
