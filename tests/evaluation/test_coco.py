"""COCO's mAP through TFMA's metric, against pycocotools."""

import contextlib
import io

import numpy as np
import pytest
import tensorflow_model_analysis as tfma
from parrot import random_rows
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from tensorflow_model_analysis.metrics import metric_types

from evaluation.coco import _derive, average_precision, mean_average_precision
from evaluation.pictures import Pictures, Said


def pictures(count: int, *, noise: float, wrong: float, seed: int = 0) -> Pictures:
    rows, random = random_rows(seed, count), np.random.default_rng(seed)
    boxes = rows[:, 6:10].copy()
    sound = slice(count // 2, None)  # degenerate boxes in the first half alone
    boxes[sound] = rows[sound, 1:5] + random.normal(0, noise, (count, 4))[sound]
    digits = np.where(random.random(count) < wrong, random.integers(0, 10, count), rows[:, 0])
    said = Said(digits.astype(np.int64), rows[:, 10], boxes)
    ids = [str(i) for i in range(count)]
    return Pictures(ids, rows[:, 0].astype(np.int64), rows[:, 1:5], {"candidate": said})


def value(of: Pictures) -> float:
    return mean_average_precision(of, None).values["candidate"][0]


def independent(of: Pictures) -> float:
    """Leaves out boxes that pycocotools cannot hold: they match nothing, and come last."""
    said, truth = of.said["candidate"], COCO()
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
            "category_id": int(said.digits[i]) + 1,
            "bbox": as_coco(box) if is_sound(box) else [5000.0, 5000.0, 1.0, 1.0],
            "score": float(said.confidences[i]),
        }
        for i, box in enumerate(said.boxes)
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
    ("count", "noise", "wrong"), [(40, 0.02, 0.2), (300, 0.03, 0.3), (300, 0.01, 0.05)]
)
def test_few_pictures_give_exactly_what_pycocotools_gives(
    count: int, noise: float, wrong: float
) -> None:
    of = pictures(count, noise=noise, wrong=wrong)
    expected = independent(of)
    assert 0.05 < expected < 0.95
    assert value(of) == pytest.approx(expected, abs=1e-3)


@pytest.mark.slow
def test_many_pictures_come_close_though_confidences_are_told_apart_in_64_levels() -> None:
    of = pictures(3000, noise=0.01, wrong=0.05)
    assert value(of) == pytest.approx(independent(of), abs=4e-3)


def test_perfect_answers_reach_one() -> None:
    of = pictures(60, noise=0.0, wrong=0.0)
    said = Said(of.digits, of.said["candidate"].confidences, of.boxes)
    perfect = Pictures(of.source_ids, of.digits, of.boxes, {"candidate": said})
    assert value(perfect) == pytest.approx(1.0)


def test_no_pictures_give_no_number() -> None:
    none = pictures(60, noise=0.0, wrong=0.0)
    empty = Said(none.digits[:0], none.boxes[:0, 0], none.boxes[:0])
    of = Pictures([], none.digits[:0], none.boxes[:0], {"candidate": empty})
    assert np.isnan(value(of))


def test_counts_of_groups_give_what_tfma_reads_off_them() -> None:
    metric = tfma.metrics.COCOMeanAveragePrecision(class_ids=[3], num_thresholds=65, name="map")
    computations, random = metric.computations(), np.random.default_rng(0)
    keys = [c.keys[0] for c in computations if isinstance(c, metric_types.MetricComputation)]
    for mean in (0.05, 0.5, 5.0):
        counts = random.poisson(mean, (10, 2, 65)).astype(float)
        counts[:, 0, 0] = 0.0  # every answer has a confidence
        counts[:, 1, 0] += 1.0  # there is something to be found
        expected = _derive(computations, dict(zip(keys, counts, strict=True)))
        assert average_precision(counts).mean() == pytest.approx(expected)


def test_intervals_are_those_of_other_draws_and_narrower_for_pairs() -> None:
    values = [value(pictures(200, noise=0.01, wrong=0.1, seed=seed)) for seed in range(8)]
    of = pictures(200, noise=0.01, wrong=0.1)
    said = of.said["candidate"]
    same = Said(said.digits, said.confidences, said.boxes + 1e-3)
    pair = Pictures(of.source_ids, of.digits, of.boxes, {"first": said, "other": same})
    found = mean_average_precision(pair, "first")
    middle, low, high = found.values["first"]
    assert low < middle < high
    assert 0.5 < (high - low) / (4 * np.std(values)) < 2.0
    assert list(found.differences) == ["other"]
    off, lowest, highest = found.differences["other"]
    assert off == pytest.approx(found.values["other"][0] - middle)
    assert highest - lowest < (high - low) / 2
