"""Localization metrics as native TFMA metrics, each with its confidence interval.

Everything is a sum over pictures, so one pass and one Beam combiner serve all metrics: batches are
measured as a matrix (`measure`, called from `evaluation.extraction`) and added up by slice, and the
metrics are read off the totals of a slice. These are kept in groups, for `evaluation.jackknife`.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

import apache_beam as beam
import numpy as np
from numpy.typing import NDArray
from tensorflow_model_analysis.metrics import metric_types
from tensorflow_model_analysis.proto import config_pb2

from evaluation.jackknife import GROUPS, estimate
from vocabulary import boxes, features

IOU_THRESHOLDS: Final = (0.5, 0.6, 0.75, 0.9)
JOINT_THRESHOLD: Final = 0.5
CONFIDENCE_BINS: Final = 15

SUMS: Final = "localization"
"""The extract that holds {model: float64 [GROUPS, SIZE]}, sums over some pictures of a slice."""

_SIZES: Final = {
    "pictures": 1,
    "right_digit": 1,
    "iou": 1,
    "intersection": 1,
    "union": 1,
    "hits": len(IOU_THRESHOLDS),
    "joint": 1,
    "edge_error": 1,
    "gap": CONFIDENCE_BINS,
    "confusion": features.NUM_CLASSES**2,
}
SIZE: Final = sum(_SIZES.values())

Floats = NDArray[np.float64]


class Totals(NamedTuple):
    """Sums over pictures; each is float64 [...] or, where said, [..., n].

    Attributes:
        pictures: how many.
        right_digit: how many with the right digit.
        iou: of the intersections over unions, one for each picture.
        intersection: of the areas in common, in units of the picture's area.
        union: of the areas covered.
        hits: how many at least at each of `IOU_THRESHOLDS`, [..., 4].
        joint: how many with the right digit and at least `JOINT_THRESHOLD`.
        edge_error: of the mean distance of a box's four edges from the true ones, in pixels.
        gap: of 1 for a right digit (else 0) minus the confidence, by bin of confidence, [..., 15].
        confusion: how many of each true digit (row) were taken for each (column), [..., 100].
    """

    pictures: Floats
    right_digit: Floats
    iou: Floats
    intersection: Floats
    union: Floats
    hits: Floats
    joint: Floats
    edge_error: Floats
    gap: Floats
    confusion: Floats


def measure(
    *,
    digits: NDArray[np.int64],
    true_boxes: Floats,
    probabilities: Floats,
    predicted_boxes: Floats,
    canvas: tuple[int, int],
) -> Floats:
    """Each picture's contribution to `Totals`, flat: float64 [n, SIZE].

    Args:
        digits: the true ones, [n].
        true_boxes: [n, 4], (xmin, ymin, xmax, ymax) in [0, 1].
        probabilities: the model's of each digit, [n, 10].
        predicted_boxes: the model's, [n, 4]; a degenerate one has IoU 0.
        canvas: (height, width) in pixels, which distances of edges are counted in.
    """
    count = len(digits)
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    intersection, union = boxes.intersections_and_unions(true_boxes, predicted_boxes)
    iou = np.divide(intersection, union, out=np.zeros(count), where=union > 0)
    right = (digits == predicted).astype(np.float64)
    bins = np.clip(
        (np.nan_to_num(confidence) * CONFIDENCE_BINS).astype(int), 0, CONFIDENCE_BINS - 1
    )
    columns = [
        np.ones(count),
        right,
        iou,
        intersection,
        union,
        iou[:, np.newaxis] >= IOU_THRESHOLDS,
        right * (iou >= JOINT_THRESHOLD),
        _edge_errors(true_boxes, predicted_boxes, canvas),
        np.eye(CONFIDENCE_BINS)[bins] * (right - confidence)[:, np.newaxis],
        np.eye(features.NUM_CLASSES**2)[digits * features.NUM_CLASSES + predicted],
    ]
    return np.concatenate([np.reshape(column, (count, -1)) for column in columns], axis=1)


def _edge_errors(true: Floats, predicted: Floats, canvas: tuple[int, int]) -> Floats:
    """Mean distance of the four edges in pixels, at most a side of the canvas for each."""
    off = np.clip(np.nan_to_num(np.abs(predicted - true), nan=1.0, posinf=1.0), 0.0, 1.0)
    height, width = canvas
    return np.mean(off * [width, height, width, height], axis=1)


def as_totals(vectors: Floats) -> Totals:
    """Flat vectors, [..., SIZE], by name."""
    parts = np.split(vectors, np.cumsum(list(_SIZES.values()))[:-1], axis=-1)
    sized = zip(parts, _SIZES.values(), strict=True)
    return Totals(*(part if size > 1 else part[..., 0] for part, size in sized))


class _OfModel(metric_types.Preprocessor):
    """Hands on the sums of one model."""

    def __init__(self, model_name: str):
        super().__init__(model_name=model_name)
        self._model_name = model_name

    def process(self, extracts: dict[str, Any]) -> Iterator[Floats]:
        sums = extracts[SUMS]
        # TFMA leaves the name of an only model out.
        yield sums[self._model_name or next(iter(sums))]


class _Sum(beam.CombineFn):
    """Adds sums up and gives them under one key: float64 [GROUPS, SIZE]."""

    def __init__(self, key: metric_types.MetricKey):
        self._key = key

    def create_accumulator(self) -> Floats:
        return np.zeros((GROUPS, SIZE))

    def add_input(self, accumulator: Floats, element: Floats) -> Floats:
        accumulator += element
        return accumulator

    def merge_accumulators(self, accumulators: Iterable[Floats]) -> Floats:
        return np.sum(list(accumulators), axis=0)

    def extract_output(self, accumulator: Floats) -> dict[metric_types.MetricKey, Floats]:
        return {self._key: accumulator}


Read = Callable[[Totals], Floats]


class _LocalizationMetric(metric_types.Metric):
    """A metric that is read off the totals of a slice, and its difference from the baseline.

    TFMA makes it again from its arguments, so all of them are handed on.
    """

    def __init__(self, name: str, read: Read, *, interval: bool = True, **arguments: float):
        def computations(
            name: str,
            eval_config: config_pb2.EvalConfig | None = None,
            model_names: list[str] | None = None,
            **_: float,
        ) -> metric_types.MetricComputations:
            models = model_names or [""]
            return [
                *(_totals(model) for model in models),
                _derived(name, models, _baseline(eval_config), read, interval=interval),
            ]

        super().__init__(computations, name=name, **arguments)


def _baseline(config: config_pb2.EvalConfig | None) -> str | None:
    specs = config.model_specs if config else []
    return next((spec.name for spec in specs if spec.is_baseline), None)


def _totals_key(model: str) -> metric_types.MetricKey:
    # A leading underscore keeps a key out of the results.
    return metric_types.MetricKey(name="_localization_totals", model_name=model)


def _totals(model: str) -> metric_types.MetricComputation:
    key = _totals_key(model)
    return metric_types.MetricComputation(
        keys=[key], preprocessors=[_OfModel(model)], combiner=_Sum(key)
    )


def _derived(
    name: str, models: list[str], baseline: str | None, read: Read, *, interval: bool
) -> metric_types.DerivedMetricComputation:
    keys = {model: metric_types.MetricKey(name=name, model_name=model) for model in models}

    def result(metrics: dict[metric_types.MetricKey, Any]) -> dict[metric_types.MetricKey, Any]:
        groups = {model: metrics[_totals_key(model)] for model in models}
        if not interval:
            return {keys[m]: _plain(read(as_totals(groups[m].sum(0)))) for m in models}
        found = {keys[m]: estimate(lambda t: read(as_totals(t)), groups[m]) for m in models}
        for model in models:
            if baseline and model != baseline:
                pair = np.concatenate([groups[model], groups[baseline]], axis=1)
                found[keys[model].make_diff_key()] = estimate(_difference(read), pair)
        return found

    return metric_types.DerivedMetricComputation(keys=list(keys.values()), result=result)


def _plain(value: Floats) -> Floats | float:
    return float(value) if np.ndim(value) == 0 else value


def _difference(read: Read) -> Callable[[Floats], Floats]:
    def difference(pair: Floats) -> Floats:
        candidate, baseline = pair[..., :SIZE], pair[..., SIZE:]
        return read(as_totals(candidate)) - read(as_totals(baseline))

    return difference


def _share(part: Floats, whole: Floats) -> Floats:
    part = np.asarray(part, np.float64)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=np.asarray(whole) != 0)


class ExampleCount(_LocalizationMetric):
    """How many pictures there are."""

    def __init__(self, name: str = "example_count"):
        super().__init__(name, lambda totals: totals.pictures, interval=False)


class Accuracy(_LocalizationMetric):
    """Share of pictures whose digit is right."""

    def __init__(self, name: str = "accuracy"):
        super().__init__(name, lambda totals: _share(totals.right_digit, totals.pictures))


class MeanIoU(_LocalizationMetric):
    """Mean over pictures of intersection over union of the predicted and the true box."""

    def __init__(self, name: str = "mean_iou"):
        super().__init__(name, lambda totals: _share(totals.iou, totals.pictures))


class PooledIoU(_LocalizationMetric):
    """Sum of all intersections over sum of all unions: large digits weigh more."""

    def __init__(self, name: str = "pooled_iou"):
        super().__init__(name, lambda totals: _share(totals.intersection, totals.union))


class IoUAtLeast(_LocalizationMetric):
    """Share of pictures whose box reaches a threshold, one of `IOU_THRESHOLDS`."""

    def __init__(self, threshold: float, name: str | None = None):
        which = IOU_THRESHOLDS.index(threshold)
        super().__init__(
            name or f"iou_at_{round(100 * threshold)}",
            lambda totals: _share(totals.hits[..., which], totals.pictures),
            threshold=threshold,
        )


class Joint(_LocalizationMetric):
    """Share of pictures whose digit is right and whose box reaches `JOINT_THRESHOLD`."""

    def __init__(self, name: str = "joint_at_50"):
        super().__init__(name, lambda totals: _share(totals.joint, totals.pictures))


class EdgeError(_LocalizationMetric):
    """Mean distance of a box's edges from the true ones, in pixels of the canvas."""

    def __init__(self, name: str = "edge_error"):
        super().__init__(name, lambda totals: _share(totals.edge_error, totals.pictures))


class CalibrationError(_LocalizationMetric):
    """Expected calibration error of the digit's probability, in 15 bins of equal width.

    Guo et al., On Calibration of Modern Neural Networks, 2017: the gap between confidence and
    accuracy in each bin, weighted by how many pictures fall into it.
    """

    def __init__(self, name: str = "calibration_error"):
        super().__init__(
            name, lambda totals: _share(np.abs(totals.gap).sum(axis=-1), totals.pictures)
        )


class ConfusionMatrix(_LocalizationMetric):
    """How many of each true digit (row) were taken for each digit (column), flat, [100]."""

    def __init__(self, name: str = "confusion_matrix"):
        super().__init__(name, lambda totals: totals.confusion, interval=False)


for _metric in (
    ExampleCount, Accuracy, MeanIoU, PooledIoU, IoUAtLeast, Joint, EdgeError, CalibrationError,
    ConfusionMatrix,
):  # fmt: skip
    metric_types.register_metric(_metric)
