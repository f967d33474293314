"""COCO's mean average precision, mAP@[.5:.95], by pycocotools, as a metric of TFMA's.

It is no sum over pictures, so the detections of the whole (not of slices) are gathered, a hundred
bytes for each picture and model, and handed to pycocotools once. Of more than `MOST` pictures it is
measured on as many, chosen by a digest of their ids, whatever workers there are.
"""

import contextlib
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import apache_beam as beam
import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from tensorflow_model_analysis.metrics import metric_types
from tensorflow_model_analysis.proto import config_pb2

from evaluation import clusters, intervals
from evaluation.jackknife import GROUPS, error_of
from evaluation.metrics import baseline_of, bounded

NAME: Final = "coco_map"
MOST: Final = 100_000
"""Pictures that it is measured on at most; pycocotools takes some 8 KB and 0.3 ms for each."""

DETECTIONS: Final = "detections"
"""The extract that holds {model: Detections} of some pictures; none of a slice but the whole."""

_OFF_THE_PICTURE: Final = (5.0, 5.0, 6.0, 6.0)
"""In place of a degenerate box, which matches nothing and which pycocotools cannot hold."""

Floats = NDArray[np.float64]


class Detections(NamedTuple):
    """The truth of n pictures and what a model says of them; all in the same order.

    Attributes:
        ids: of the pictures, bytes [n].
        groups: of `evaluation.jackknife`, [n].
        digits: the true ones, [n].
        boxes: the true ones, float64 [n, 4], (xmin, ymin, xmax, ymax) in [0, 1].
        predicted_digits: [n].
        confidences: float64 [n].
        predicted_boxes: float64 [n, 4]; a degenerate one matches nothing.
    """

    ids: NDArray[np.bytes_]
    groups: NDArray[np.int64]
    digits: NDArray[np.int64]
    boxes: Floats
    predicted_digits: NDArray[np.int64]
    confidences: Floats
    predicted_boxes: Floats

    def take(self, rows: NDArray[Any]) -> "Detections":
        """Some of them, by index or where true."""
        return Detections(*(column[rows] for column in self))


def gather(parts: Sequence[Detections], *, most: int = MOST) -> Detections:
    """Joins detections of different pictures and keeps `most` of them, in the order of their ids.

    Which are kept, those with the lowest digests, does not depend on how they were parted.
    """
    joined = Detections(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    if len(joined.ids) > most:
        digests = np.array([zlib.crc32(one) for one in joined.ids.tolist()])
        joined = joined.take(np.lexsort((joined.ids, digests))[:most])
    return joined.take(np.argsort(joined.ids, kind="stable"))


def mean_average_precision(of: Detections) -> Floats:
    """The mAP of all pictures, then without each group of them: float64 [1 + GROUPS].

    NaN where there are no pictures.
    """
    evaluated = _evaluate(of)
    everything = evaluated.evalImgs
    # pycocotools orders them by category, then by picture.
    group_of = of.groups.tolist() * len(evaluated.params.catIds)
    values = [_accumulate(evaluated)]
    for group in range(GROUPS):
        evaluated.evalImgs = [
            None if its == group else one for its, one in zip(group_of, everything, strict=True)
        ]
        values.append(_accumulate(evaluated))
    return np.array(values)


def _evaluate(of: Detections) -> Any:
    """The evaluation of every picture by itself, with boxes of all areas at once."""
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": image} for image in range(1, len(of.ids) + 1)],
        "categories": [{"id": digit + 1} for digit in np.unique(of.digits).tolist()],
        "annotations": [
            one | {"id": one["image_id"], "iscrowd": 0, "area": one["bbox"][2] * one["bbox"][3]}
            for one in _boxes(of.digits, of.boxes)
        ],
    }
    scores = np.nan_to_num(of.confidences).tolist()
    predicted = _boxes(of.predicted_digits, of.predicted_boxes)
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        found = COCO()
        found.dataset = truth.dataset | {
            "annotations": [
                one
                | {"id": one["image_id"], "score": score, "area": one["bbox"][2] * one["bbox"][3]}
                for one, score in zip(predicted, scores, strict=True)
            ]
        }
        found.createIndex()
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0.0, 1e10]], ["all"]
        evaluation.params.maxDets = [1]
        evaluation.evaluate()
    return evaluation


def _accumulate(evaluation: Any) -> float:
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.accumulate()
    precision = evaluation.eval["precision"]
    there = precision > -1  # -1 stands for a digit that there is none of
    return float(precision[there].mean()) if there.any() else float("nan")


def _boxes(digits: NDArray[np.int64], boxes: Floats) -> Iterator[dict[str, Any]]:
    with np.errstate(invalid="ignore"):
        sides = boxes[:, 2:] - boxes[:, :2]
        sound = np.isfinite(boxes).all(axis=1, keepdims=True) & (sides > 0).all(
            axis=1, keepdims=True
        )
    held = np.where(sound, boxes, _OFF_THE_PICTURE)
    rows = np.concatenate([held[:, :2], held[:, 2:] - held[:, :2]], axis=1).tolist()
    for image, (digit, row) in enumerate(zip(digits.tolist(), rows, strict=True), start=1):
        yield {"image_id": image, "category_id": digit + 1, "bbox": row}


class _OfModel(metric_types.Preprocessor):
    """Hands on the detections of one model; there are none of a slice but the whole."""

    def __init__(self, model_name: str):
        super().__init__(model_name=model_name)
        self._model_name = model_name

    def process(self, extracts: dict[str, Any]) -> Iterator[Detections]:
        found = extracts.get(DETECTIONS)
        if found:
            # TFMA leaves the name of an only model out.
            yield found[self._model_name or next(iter(found))]


class _Gather(beam.CombineFn):
    """Joins detections and gives, under one key, the `Detections`, or None without any."""

    def __init__(self, key: metric_types.MetricKey):
        self._key = key

    def create_accumulator(self) -> list[Detections]:
        return []

    def add_input(self, accumulator: list[Detections], element: Detections) -> list[Detections]:
        return self._bound([*accumulator, element])

    def merge_accumulators(self, accumulators: Iterable[list[Detections]]) -> list[Detections]:
        return self._bound([part for accumulator in accumulators for part in accumulator])

    def extract_output(self, accumulator: list[Detections]) -> dict[metric_types.MetricKey, Any]:
        return {self._key: gather(accumulator) if accumulator else None}

    def _bound(self, parts: list[Detections]) -> list[Detections]:
        if sum(len(part.ids) for part in parts) > 2 * MOST:
            return [gather(parts)]
        return parts


class MeanAveragePrecision(metric_types.Metric):
    """COCO's mAP@[.5:.95] of one box and digit for each picture; of the whole alone."""

    def __init__(self, name: str = NAME):
        super().__init__(_computations, name=name)


def _computations(
    name: str,
    eval_config: config_pb2.EvalConfig | None = None,
    model_names: list[str] | None = None,
) -> metric_types.MetricComputations:
    models, baseline = model_names or [""], baseline_of(eval_config)
    gathered = {m: metric_types.MetricKey(name="_detections", model_name=m) for m in models}
    keys = {model: metric_types.MetricKey(name=name, model_name=model) for model in models}

    def result(values: dict[metric_types.MetricKey, Any]) -> dict[metric_types.MetricKey, Any]:
        of = {model: values[gathered[model]] for model in models}
        if any(one is None for one in of.values()):
            return {}
        sample = values[clusters.KEY].sample
        precisions = {model: mean_average_precision(one) for model, one in of.items()}
        sizes = np.bincount(of[models[0]].groups, minlength=GROUPS).astype(np.float64)
        found = {}
        for model, precision in precisions.items():
            value, error = precision.item(0), error_of(precision.item(0), precision[1:], sizes)
            found[keys[model]] = bounded(value, intervals.of_mean(value, sample, error))
            if baseline and model != baseline:
                off = precision - precisions[baseline]
                value, error = off.item(0), error_of(off.item(0), off[1:], sizes)
                ends = intervals.of_difference(value, sample, error)
                found[keys[model].make_diff_key()] = bounded(value, ends)
        return found

    return [
        clusters.computation(),
        *(
            metric_types.MetricComputation(
                keys=[key], preprocessors=[_OfModel(model)], combiner=_Gather(key)
            )
            for model, key in gathered.items()
        ),
        metric_types.DerivedMetricComputation(keys=list(keys.values()), result=result),
    ]


metric_types.register_metric(MeanAveragePrecision)
