"""COCO's mAP: pycocotools called by its book."""

import contextlib
import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import tensorflow_model_analysis as tfma
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from evaluation.jackknife import GROUPS, groups_of
from evaluation.options import EvaluationOptions
from tasks.localization.coco import mean_average_precision
from tests.evaluation.parrot import evaluate_parrots, random_rows
from vocabulary.boxes import EDGES, box_of
from vocabulary.task.judging import Columns

NAME = "coco_map"


class Pictures(NamedTuple):
    truth: Columns
    predictions: Columns
    groups: NDArray[np.int64]

    def take(self, rows: NDArray[np.bool_]) -> "Pictures":
        truth, predictions = (
            {name: column[rows] for name, column in columns.items()}
            for columns in (self.truth, self.predictions)
        )
        return Pictures(truth, predictions, self.groups[rows])

    def precisions(self) -> NDArray[np.float64]:
        return mean_average_precision(self.truth, self.predictions, self.groups, GROUPS)


def columns(digits: NDArray[np.float64], boxes: NDArray[np.float64]) -> Columns:
    return {"digit": digits.astype(np.int64), **dict(zip(EDGES, boxes.T, strict=True))}


def detections(
    count: int, *, noise: float, wrong: float, classes: int = 10, levels: int = 0, seed: int = 0
) -> Pictures:
    """Random ones, with degenerate boxes; confidences of few `levels` are often the same."""
    rows, random = random_rows(seed, count), np.random.default_rng(seed)
    boxes = rows[:, 6:10].copy()
    sound = slice(count // 2, None)  # degenerate boxes in the first half alone
    boxes[sound] = rows[sound, 1:5] + random.normal(0, noise, (count, 4))[sound]
    truth = rows[:, 0] % classes
    predicted = np.where(random.random(count) < wrong, random.integers(0, 10, count), truth)
    confidences = np.ceil(rows[:, 10] * levels) / levels if levels else rows[:, 10]
    return Pictures(
        columns(truth, rows[:, 1:5]),
        columns(predicted, boxes) | {"confidence": confidences},
        groups_of([f"eval/{i:06d}".encode() for i in range(count)]),
    )


def by_the_book(of: Pictures) -> float:
    """As pycocotools' own demonstration calls it; of boxes that it cannot hold, far-off ones."""
    digits, boxes = of.truth["digit"], box_of(of.truth)
    predicted, confidences = of.predictions["digit"], of.predictions["confidence"]
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": i + 1} for i in range(len(digits))],
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
            for i, (digit, box) in enumerate(zip(digits, boxes, strict=True))
        ],
    }
    answers = [
        {
            "image_id": i + 1,
            "category_id": int(predicted[i]) + 1,
            "bbox": as_coco(box) if is_sound(box) else [5000.0, 5000.0, 1.0, 1.0],
            "score": float(confidences[i]),
        }
        for i, box in enumerate(box_of(of.predictions))
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
    assert of.precisions()[0] == pytest.approx(expected, abs=1e-9)


def test_without_a_group_it_is_what_pycocotools_gives_for_the_others() -> None:
    of = detections(200, noise=0.02, wrong=0.1, levels=7)
    without = of.precisions()[1:]
    for group in (0, 7, GROUPS - 1):
        others = of.take(of.groups != group)
        assert without[group] == pytest.approx(by_the_book(others), abs=1e-9)


def test_perfect_predictions_reach_one() -> None:
    of = detections(60, noise=0.0, wrong=0.0)
    perfect = of._replace(predictions=of.truth | {"confidence": of.predictions["confidence"]})
    assert perfect.precisions()[0] == pytest.approx(1.0)


@pytest.mark.slow
def test_it_is_a_metric_of_the_tfma_result_of_each_model_and_of_their_difference(
    tmp_path: Path,
) -> None:
    models = {"first": random_rows(0, 200), "other": random_rows(0, 200)}
    models["other"][:, 6:10] += 0.005
    options = EvaluationOptions(bars={"accuracy": 0.0}, margin=0.0, slices=["size"])
    folder = evaluate_parrots(tmp_path, models, options, baseline="first")
    values = {}
    for model, rows in models.items():
        result = tfma.load_eval_result(folder, model_name=model)
        slices = {key: metrics[""][""] for key, metrics in result.slicing_metrics}
        bounded = slices.pop(())[NAME]["boundedValue"]
        values[model] = bounded["value"]
        assert 0 < bounded["lowerBound"] < bounded["value"] < bounded["upperBound"] < 1
        assert all(NAME not in metrics for metrics in slices.values())
        boxes = rows[:, 6:10].astype(np.float32).astype(np.float64)
        of = Pictures(
            columns(rows[:, 0], rows[:, 1:5]),
            columns(rows[:, 5], boxes) | {"confidence": rows[:, 10]},
            np.zeros(200, np.int64),
        )
        assert bounded["value"] == pytest.approx(by_the_book(of), abs=1e-9)
    (difference,) = (
        metrics[""][""][f"{NAME}_diff"]["boundedValue"]
        for key, metrics in tfma.load_eval_result(folder, model_name="other").slicing_metrics
        if not key
    )
    assert difference["value"] == pytest.approx(values["other"] - values["first"])
    assert difference["lowerBound"] < difference["value"] < difference["upperBound"]
