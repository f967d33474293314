"""COCO's mAP: pycocotools called by its book, whatever way the pictures came together."""

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest
import tensorflow_model_analysis as tfma
from hypothesis import given
from hypothesis import strategies as st
from parrot import evaluate_parrots, random_rows
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from evaluation import coco
from evaluation.coco import Detections, gather, mean_average_precision
from evaluation.jackknife import GROUPS, groups_of
from evaluation.options import EvaluationOptions


def detections(
    count: int, *, noise: float, wrong: float, classes: int = 10, levels: int = 0, seed: int = 0
) -> Detections:
    """Random ones, with degenerate boxes; confidences of few `levels` are often the same."""
    rows, random = random_rows(seed, count), np.random.default_rng(seed)
    boxes = rows[:, 6:10].copy()
    sound = slice(count // 2, None)  # degenerate boxes in the first half alone
    boxes[sound] = rows[sound, 1:5] + random.normal(0, noise, (count, 4))[sound]
    truth = rows[:, 0] % classes
    said = np.where(random.random(count) < wrong, random.integers(0, 10, count), truth)
    confidences = np.ceil(rows[:, 10] * levels) / levels if levels else rows[:, 10]
    ids = np.array([f"eval/{i:06d}" for i in range(count)], np.bytes_)
    return Detections(
        ids=ids,
        groups=groups_of(ids.tolist()),
        digits=truth.astype(np.int64),
        boxes=rows[:, 1:5],
        predicted_digits=said.astype(np.int64),
        confidences=confidences,
        predicted_boxes=boxes,
    )


def by_the_book(of: Detections) -> float:
    """As pycocotools' own demonstration calls it; of boxes that it cannot hold, far-off ones."""
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": i + 1} for i in range(len(of.digits))],
        "categories": [{"id": digit + 1} for digit in range(10)],
        "annotations": [
            {
                "id": i + 1,
                "image_id": i + 1,
                "category_id": int(digit) + 1,
                "bbox": as_coco(box),
                "area": as_coco(box)[2] * as_coco(box)[3],
                "iscrowd": 0,
            }
            for i, (digit, box) in enumerate(zip(of.digits, of.boxes, strict=True))
        ],
    }
    answers = [
        {
            "image_id": i + 1,
            "category_id": int(of.predicted_digits[i]) + 1,
            "bbox": as_coco(box) if is_sound(box) else [5000.0, 5000.0, 1.0, 1.0],
            "score": float(of.confidences[i]),
        }
        for i, box in enumerate(of.predicted_boxes)
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(answers), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return float(evaluation.stats[0])


def as_coco(box: np.ndarray) -> list[float]:
    xmin, ymin, xmax, ymax = (1000 * box).tolist()
    return [xmin, ymin, xmax - xmin, ymax - ymin]


def is_sound(box: np.ndarray) -> bool:
    return bool(np.isfinite(box).all() and box[2] > box[0] and box[3] > box[1])


@pytest.mark.parametrize(
    ("count", "noise", "wrong", "classes", "levels"),
    [
        (40, 0.02, 0.2, 10, 0),
        (300, 0.03, 0.3, 10, 5),
        (300, 0.01, 0.05, 4, 0),
        (800, 0.01, 0.1, 10, 3),
    ],
)
def test_the_value_is_what_pycocotools_gives_by_its_book(
    count: int, noise: float, wrong: float, classes: int, levels: int
) -> None:
    of = detections(count, noise=noise, wrong=wrong, classes=classes, levels=levels)
    expected = by_the_book(of)
    assert 0.05 < expected < 0.95
    assert mean_average_precision(of)[0] == pytest.approx(expected, abs=1e-9)


def test_without_a_group_it_is_what_pycocotools_gives_for_the_others() -> None:
    of = detections(200, noise=0.02, wrong=0.1, levels=7)
    without = mean_average_precision(of)[1:]
    for group in (0, 7, GROUPS - 1):
        others = of.take(of.groups != group)
        assert without[group] == pytest.approx(by_the_book(others), abs=1e-9)


def test_perfect_answers_reach_one() -> None:
    of = detections(60, noise=0.0, wrong=0.0)
    perfect = of._replace(predicted_digits=of.digits, predicted_boxes=of.boxes)
    assert mean_average_precision(perfect)[0] == pytest.approx(1.0)


@given(order=st.permutations(range(60)), cuts=st.lists(st.integers(0, 60), max_size=4).map(sorted))
def test_however_pictures_are_parted_the_same_are_kept_in_the_same_order(
    order: list[int], cuts: list[int]
) -> None:
    of = detections(60, noise=0.02, wrong=0.1)
    parts = [
        of.take(np.array(order[start:stop], int))
        for start, stop in zip([0, *cuts], [*cuts, 60], strict=True)
    ]
    assert gather(parts).ids.tolist() == of.ids.tolist()
    kept = gather([of], most=25)
    assert len(kept.ids) == 25
    assert sorted(kept.ids.tolist()) == kept.ids.tolist()
    some = gather([gather(parts[:2], most=25), *parts[2:]], most=25)
    for mine, its in zip(kept, some, strict=True):
        np.testing.assert_array_equal(mine, its)


def test_the_combiner_holds_no_more_than_twice_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coco, "MOST", 30)
    monkeypatch.setattr(gather, "__kwdefaults__", {"most": 30})
    of = detections(200, noise=0.02, wrong=0.1)
    combine = coco.MeanAveragePrecision().computations(model_names=[""])[1].combiner
    accumulator = combine.create_accumulator()
    for start in range(0, 200, 10):
        accumulator = combine.add_input(accumulator, of.take(np.arange(start, start + 10)))
        assert sum(len(part.ids) for part in accumulator) <= 60
    (kept,) = combine.extract_output(combine.merge_accumulators([accumulator, []])).values()
    assert kept.ids.tolist() == gather([of], most=30).ids.tolist()


@pytest.mark.slow
def test_it_is_a_metric_of_the_tfma_result_of_each_model_and_of_their_difference(
    tmp_path: Path,
) -> None:
    said = {"first": random_rows(0, 200), "other": random_rows(0, 200)}
    said["other"][:, 6:10] += 0.005
    options = EvaluationOptions(bars={"accuracy": 0.0}, margin=0.0, slices=["size"])
    folder = evaluate_parrots(tmp_path, said, options, baseline="first")
    values = {}
    for model, rows in said.items():
        result = tfma.load_eval_result(folder, model_name=model)
        slices = {key: metrics[""][""] for key, metrics in result.slicing_metrics}
        found = slices.pop(())[coco.NAME]["boundedValue"]
        values[model] = found["value"]
        assert 0 < found["lowerBound"] < found["value"] < found["upperBound"] < 1
        assert all(coco.NAME not in metrics for metrics in slices.values())
        of = detections(200, noise=0.0, wrong=0.0)._replace(
            digits=rows[:, 0].astype(np.int64),
            boxes=rows[:, 1:5],
            predicted_digits=rows[:, 5].astype(np.int64),
            confidences=rows[:, 10],
            predicted_boxes=rows[:, 6:10].astype(np.float32).astype(np.float64),
        )
        assert found["value"] == pytest.approx(by_the_book(of), abs=1e-9)
    (difference,) = (
        metrics[""][""][f"{coco.NAME}_diff"]["boundedValue"]
        for key, metrics in tfma.load_eval_result(folder, model_name="other").slicing_metrics
        if not key
    )
    assert difference["value"] == pytest.approx(values["other"] - values["first"])
    assert difference["lowerBound"] < difference["value"] < difference["upperBound"]
