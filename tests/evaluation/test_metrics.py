"""Metrics through TFMA itself, against loops and scikit-learn."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from digit.answers import NO_DIGIT_BELOW
from evaluation.options import EvaluationOptions
from evaluation.results import Evaluation, SliceResult, read_evaluation
from tasks.localization import slices
from tests.evaluation.parrot import Rows, evaluate_parrots, random_rows
from tests.evaluation.reference import expected
from vocabulary.task.judging import metrics_of

PICTURES = 300
OPTIONS = EvaluationOptions(
    bars={"accuracy": 0.0},
    margin=0.0,
    slices=["digit", "size", "place", "rotation", "clutter", "digit x size", "place x size"],
)


@pytest.fixture(scope="module")
def rows() -> Rows:
    # The parrot's arg max must be what it says: confidences above 1/10 are.
    return random_rows(0, PICTURES)


@pytest.fixture(scope="module")
def facts() -> dict[str, Rows]:
    return {"scene/rotation": np.random.default_rng(1).uniform(-10, 10, PICTURES)}


@pytest.fixture(scope="module")
def evaluation(
    rows: Rows, facts: dict[str, Rows], tmp_path_factory: pytest.TempPathFactory
) -> Evaluation:
    folder = tmp_path_factory.mktemp("evaluation")
    return read_evaluation(evaluate_parrots(folder, {"candidate": rows}, OPTIONS, facts=facts))


def assert_as_expected(result: SliceResult | None, chosen: Rows) -> None:
    assert result is not None
    assert result.count == len(chosen)
    values = {name: of.value for name, of in result.metrics["candidate"].items()}
    values.pop("coco_map", None)
    assert math.isnan(values.pop("empty_recall"))  # no picture is without a digit
    assert values == pytest.approx(expected(chosen), rel=1e-5, abs=1e-7)


def test_metrics_of_the_whole_are_those_of_loops_and_scikit_learn(
    evaluation: Evaluation, rows: Rows
) -> None:
    assert list(evaluation.whole.metrics["candidate"]) == list(metrics_of("localization"))
    assert_as_expected(evaluation.whole, rows)


@pytest.mark.parametrize("digit", range(10))
def test_metrics_of_a_digit_are_right(evaluation: Evaluation, rows: Rows, digit: int) -> None:
    assert_as_expected(evaluation.find("digit", str(digit)), rows[rows[:, 0] == digit])


@pytest.mark.parametrize(("name", "judge"), [("size", slices.sizes), ("place", slices.places)])
def test_metrics_of_sizes_and_places_are_right(
    evaluation: Evaluation, rows: Rows, name: str, judge: Callable[[Rows], NDArray[np.str_]]
) -> None:
    of = judge(rows[:, 1:5])
    assert len(set(of.tolist())) >= 3
    for value in set(of.tolist()):
        assert_as_expected(evaluation.find(name, value), rows[of == value])


def test_metrics_of_crosses_are_right(evaluation: Evaluation, rows: Rows) -> None:
    sizes, places = slices.sizes(rows[:, 1:5]), slices.places(rows[:, 1:5])
    for size in ("small", "medium"):
        both = (rows[:, 0] == 3) & (sizes == size)
        assert_as_expected(evaluation.find("digit x size", f"3 x {size}"), rows[both])
        both = (places == "middle-centre") & (sizes == size)
        name = f"middle-centre x {size}"
        assert_as_expected(evaluation.find("place x size", name), rows[both])


def test_metrics_of_a_fact_s_bands_are_right(
    evaluation: Evaluation, rows: Rows, facts: dict[str, Rows]
) -> None:
    angle = facts["scene/rotation"].astype(np.float32)
    assert_as_expected(evaluation.find("rotation", "clockwise"), rows[angle < -5])
    assert_as_expected(evaluation.find("rotation", "upright"), rows[(angle >= -5) & (angle < 5)])
    assert_as_expected(evaluation.find("rotation", "counterclockwise"), rows[angle >= 5])


def test_a_fact_that_pictures_come_without_is_unknown(evaluation: Evaluation, rows: Rows) -> None:
    assert_as_expected(evaluation.find("clutter", "unknown"), rows)


def test_intervals_hold_the_value_and_end_where_shares_do(evaluation: Evaluation) -> None:
    few = min(one.count for one in evaluation.slices)
    assert few < 10  # where an interval would reach beyond
    for one in evaluation.slices:
        for name, result in one.metrics["candidate"].items():
            if result.lower is not None and result.upper is not None:
                assert 0 <= result.lower <= result.value <= result.upper, (one.slice, name)
                assert name == "edge_error" or result.upper <= 1, (one.slice, name)


def test_only_the_slices_asked_for_are_there(evaluation: Evaluation) -> None:
    assert {s.name for s in evaluation.slices} == {"whole", *OPTIONS.slices}


def test_pictures_without_a_digit_are_in_one_metric_and_in_no_slice_of_the_truth(
    tmp_path: Path,
) -> None:
    rows = random_rows(5, 60)
    rows[40:, 0], rows[40:, 1:5] = -1, 0
    evaluation = read_evaluation(evaluate_parrots(tmp_path, {"candidate": rows}, OPTIONS))
    found = evaluation.whole.metrics["candidate"]
    values = {name: found[name].value for name in expected(rows[:40])}
    assert values == pytest.approx(expected(rows[:40]), rel=1e-5, abs=1e-7)
    assert found["empty_recall"].value == np.mean(rows[40:, 10] < NO_DIGIT_BELOW)
    assert found["accuracy"].lower <= found["accuracy"].value <= found["accuracy"].upper
    assert evaluation.whole.count == 60
    assert sum(one.count for one in evaluation.slices if one.name == "digit") == 40
    assert {one.value for one in evaluation.slices if one.name == "place"} <= {
        *slices.values([])["place"]
    }
