"""Metrics through TFMA itself, against loops, scikit-learn and pycocotools; sums in any order."""

import math
from collections.abc import Callable

import apache_beam as beam
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from parrot import CANVAS, Rows, evaluate_parrots, random_rows
from sklearn.metrics import accuracy_score, confusion_matrix

from evaluation import coco, metrics, sums
from evaluation.eval_config import METRICS
from evaluation.jackknife import GROUPS, groups_of
from evaluation.options import EvaluationOptions
from evaluation.results import Evaluation, SliceResult, read_evaluation
from tasks.localization import slices

PICTURES = 300
OPTIONS = EvaluationOptions(
    bars={"accuracy": 0.0},
    margin=0.0,
    slices=["digit", "size", "place", "rotation", "clutter", "digit x size", "place x size"],
)


def expected(rows: Rows) -> dict[str, float]:
    """Every metric, picture by picture, with nothing borrowed from the code under test."""
    right, ious, commons, unions, errors = [], [], [], [], []
    height, width = CANVAS
    for digit, *numbers in rows.tolist():
        xmin, ymin, xmax, ymax, said, *box, _ = numbers
        true_area = (xmax - xmin) * (ymax - ymin)
        common, area = 0.0, 0.0
        if all(map(math.isfinite, box)) and box[2] > box[0] and box[3] > box[1]:
            area = (box[2] - box[0]) * (box[3] - box[1])
            wide = min(xmax, box[2]) - max(xmin, box[0])
            high = min(ymax, box[3]) - max(ymin, box[1])
            common = wide * high if wide > 0 and high > 0 else 0.0
        right.append(digit == said)
        commons.append(common)
        unions.append(true_area + area - common)
        ious.append(common / unions[-1])
        off = [
            min(abs(found - true), 1.0) * side if math.isfinite(found) else side
            for found, true, side in zip(
                box, (xmin, ymin, xmax, ymax), (width, height, width, height), strict=True
            )
        ]
        errors.append(sum(off) / 4)
    iou, correct = np.array(ious), np.array(right)
    return {
        "accuracy": float(accuracy_score(rows[:, 0], rows[:, 5])),
        "mean_iou": iou.mean(),
        "pooled_iou": sum(commons) / sum(unions),
        "iou_at_50": (iou >= 0.5).mean(),
        "iou_at_60": (iou >= 0.6).mean(),
        "iou_at_75": (iou >= 0.75).mean(),
        "iou_at_90": (iou >= 0.9).mean(),
        "joint_at_50": (correct & (iou >= 0.5)).mean(),
        "edge_error": np.mean(errors),
        "calibration_error": calibration_error(correct, rows[:, 10]),
    }


def calibration_error(correct: NDArray[np.bool_], confidences: NDArray[np.float64]) -> float:
    """Guo et al.'s definition, bin by bin."""
    total = 0.0
    for low in range(15):
        inside = (confidences >= low / 15) & (confidences < (low + 1) / 15)
        if low == 14:
            inside |= confidences == 1.0
        if inside.any():
            total += inside.sum() * abs(correct[inside].mean() - confidences[inside].mean())
    return total / len(correct)


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


def assert_as_expected(found: SliceResult | None, chosen: Rows) -> None:
    assert found is not None
    assert found.count == len(chosen)
    values = {name: found.metrics["candidate"][name].value for name in METRICS if name != coco.NAME}
    assert values == pytest.approx(expected(chosen), rel=1e-5, abs=1e-7)
    digits = chosen[:, [0, 5]].astype(int).T
    independent = confusion_matrix(*digits, labels=range(10))
    assert found.confusion["candidate"].tolist() == independent.tolist()


def test_metrics_of_the_whole_are_those_of_loops_and_scikit_learn(
    evaluation: Evaluation, rows: Rows
) -> None:
    assert set(evaluation.whole.metrics["candidate"]) == set(METRICS)
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
        for name, found in one.metrics["candidate"].items():
            if found.lower is not None and found.upper is not None:
                assert 0 <= found.lower <= found.value <= found.upper, (one.title, name)
                assert name == "edge_error" or found.upper <= 1, (one.title, name)


def test_only_the_slices_asked_for_are_there(evaluation: Evaluation) -> None:
    assert {s.slice for s in evaluation.slices} == {"whole", *OPTIONS.slices}


def measured(rows: Rows) -> NDArray[np.float64]:
    one = np.eye(10)[rows[:, 5].astype(int)] * rows[:, 10:]
    return sums.measure(
        digits=rows[:, 0].astype(np.int64),
        true_boxes=rows[:, 1:5],
        probabilities=one,
        predicted_boxes=rows[:, 6:10],
        frames=np.full((len(rows), 2), CANVAS, np.float64),
    )


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 60))
def test_sums_of_any_pictures_give_what_loops_give(seed: int, count: int) -> None:
    rows = random_rows(seed, count)
    totals = sums.as_totals(measured(rows).sum(axis=0))
    reads = {
        "accuracy": totals.right_digit,
        "mean_iou": totals.iou,
        "iou_at_50": totals.hits[0],
        "iou_at_60": totals.hits[1],
        "iou_at_75": totals.hits[2],
        "iou_at_90": totals.hits[3],
        "joint_at_50": totals.joint,
        "edge_error": totals.edge_error,
        "calibration_error": np.abs(totals.gap).sum(),
    }
    found = {name: float(part) / count for name, part in reads.items()}
    found["pooled_iou"] = float(totals.intersection / totals.union)
    assert found == pytest.approx(expected(rows), rel=1e-9, abs=1e-12)


def combiner() -> beam.CombineFn:
    return metrics.MeanIoU().computations(model_names=[""])[1].combiner


@given(
    order=st.permutations(range(40)),
    cuts=st.lists(st.integers(0, 40), max_size=5).map(sorted),
)
def test_accumulators_merge_in_any_order(order: list[int], cuts: list[int]) -> None:
    vectors = measured(random_rows(1, 40))
    groups = groups_of([str(i).encode() for i in range(40)]).tolist()
    combine, parts = combiner(), []
    for start, stop in zip([0, *cuts], [*cuts, 40], strict=True):
        accumulator = combine.create_accumulator()
        for index in order[start:stop]:
            part = np.zeros((GROUPS, sums.SIZE))
            part[groups[index]] = vectors[index]
            accumulator = combine.add_input(accumulator, part)
        parts.append(accumulator)
    (total,) = combine.extract_output(combine.merge_accumulators(parts[::-1])).values()
    assert total.sum(axis=0) == pytest.approx(vectors.sum(axis=0), rel=1e-12, abs=1e-12)
    first = vectors[[group == groups[0] for group in groups]]
    assert total[groups[0]] == pytest.approx(first.sum(axis=0), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    "box",
    [(0.6, 0.6, 0.2, 0.2), (0.2, 0.2, 0.2, 0.6), (math.nan,) * 4, (0.0, 0.0, math.inf, 1.0)],
)
def test_a_degenerate_box_counts_as_a_miss(box: tuple[float, ...]) -> None:
    row = np.array([[3, 0.2, 0.2, 0.6, 0.6, 3, *box, 0.9]])
    totals = sums.as_totals(measured(row)[0])
    assert (totals.pictures, totals.right_digit, totals.iou, totals.joint) == (1, 1, 0, 0)
    assert totals.hits.tolist() == [0, 0, 0, 0]
    assert totals.union == pytest.approx(0.16)
    assert 0 < totals.edge_error <= max(CANVAS)


def test_an_iou_right_at_a_threshold_reaches_it() -> None:
    totals = sums.as_totals(measured(np.array([[1, 0, 0, 1, 1, 1, 0, 0, 0.5, 1, 0.9]]))[0])
    assert totals.iou == 0.5
    assert totals.hits.tolist() == [1, 0, 0, 0]
    assert totals.joint == 1


def test_an_edge_error_is_counted_in_pixels_of_the_canvas() -> None:
    # xmin is off by 0.1 of 80 pixels, ymax by 0.2 of 60.
    row = np.array([[1, 0.2, 0.2, 0.6, 0.6, 1, 0.3, 0.2, 0.6, 0.4, 0.9]])
    assert sums.as_totals(measured(row)[0]).edge_error == pytest.approx((8 + 12) / 4)


def test_a_threshold_that_is_not_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        metrics.IoUAtLeast(threshold=0.55)
