"""COCO's mean average precision, mAP@[.5:.95], by pycocotools.

It takes some 8 KB and 0.3 ms for each picture.
"""

import contextlib
import io
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from vocabulary.boxes import box_of
from vocabulary.task.judging import Columns

_OFF_THE_PICTURE: Final = (5.0, 5.0, 6.0, 6.0)
"""In place of a degenerate box, which matches nothing and which pycocotools cannot hold."""

Floats = NDArray[np.float64]


def mean_average_precision(
    truth: Columns, predictions: Columns, groups: NDArray[np.int64], count: int
) -> Floats:
    """The mAP of all pictures, then without each of `count` groups of them: float64 [1 + count].

    NaN where there are no pictures; a degenerate box matches nothing. The columns are those of
    `tasks.localization.measures`, [n] each; groups are int64 [n] in [0, count).
    """
    evaluated = _evaluate(truth, predictions)
    everything = evaluated.evalImgs
    # pycocotools orders them by category, then by picture.
    group_of = groups.tolist() * len(evaluated.params.catIds)
    values = [_accumulate(evaluated)]
    for left_out in range(count):
        evaluated.evalImgs = [
            None if group == left_out else one
            for group, one in zip(group_of, everything, strict=True)
        ]
        values.append(_accumulate(evaluated))
    return np.array(values)


def _evaluate(truth: Columns, predictions: Columns) -> Any:
    """The evaluation of every picture by itself, with boxes of all areas at once."""
    scores = np.nan_to_num(predictions["confidence"]).tolist()
    true = [box | {"iscrowd": 0} for box in _annotations(truth)]
    predicted = [
        box | {"score": score} for box, score in zip(_annotations(predictions), scores, strict=True)
    ]
    facts = {
        "info": {},
        "images": [{"id": box["image_id"]} for box in true],
        "categories": [{"id": digit + 1} for digit in np.unique(truth["digit"]).tolist()],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(_index(facts, true), _index(facts, predicted), "bbox")
        evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0.0, 1e10]], ["all"]
        evaluation.params.maxDets = [1]
        evaluation.evaluate()
    return evaluation


def _index(facts: dict[str, Any], annotations: list[dict[str, Any]]) -> COCO:
    indexed = COCO()
    indexed.dataset = facts | {"annotations": annotations}
    indexed.createIndex()
    return indexed


def _accumulate(evaluation: Any) -> float:
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.accumulate()
    precision = evaluation.eval["precision"]
    there = precision > -1  # -1 stands for a digit that there is none of
    return float(precision[there].mean()) if there.any() else float("nan")


def _annotations(columns: Columns) -> Iterator[dict[str, Any]]:
    boxes = box_of(columns)
    with np.errstate(invalid="ignore"):
        sides = boxes[:, 2:] - boxes[:, :2]
        sound = np.isfinite(boxes).all(axis=1, keepdims=True) & (sides > 0).all(
            axis=1, keepdims=True
        )
    held = np.where(sound, boxes, _OFF_THE_PICTURE)
    rows = np.concatenate([held[:, :2], held[:, 2:] - held[:, :2]], axis=1).tolist()
    for image, (digit, row) in enumerate(zip(columns["digit"].tolist(), rows, strict=True), 1):
        yield {
            "id": image,
            "image_id": image,
            "category_id": digit + 1,
            "bbox": row,
            "area": row[2] * row[3],
        }
