"""Localization metrics as native TFMA metrics, each with its confidence interval.

Everything is a sum over pictures (`evaluation.sums`), so one pass and one Beam combiner serve all
metrics, which are read off the totals of a slice. These are kept in groups, for
`evaluation.jackknife`.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np
from tensorflow_model_analysis.metrics import metric_types
from tensorflow_model_analysis.proto import config_pb2, metrics_for_slice_pb2

from evaluation import clusters, intervals
from evaluation.intervals import Ends, Error, Sample
from evaluation.jackknife import GROUPS, estimate
from evaluation.sums import IOU_THRESHOLDS, SIZE, SUMS, Floats, Totals, as_totals


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
Values = dict[metric_types.MetricKey, Any]


class _LocalizationMetric(metric_types.Metric):
    """A metric that is read off the totals of a slice, and its difference from the baseline.

    TFMA makes it again from its arguments, so all of them are handed on.
    """

    def __init__(self, name: str, read: "_Share | _Mean", **arguments: float):
        def result(values: Values, models: Sequence[str], baseline: str | None) -> Values:
            sample = values[clusters.KEY].sample
            groups = {model: values[totals_key(model)] for model in models}
            found = {}
            for model in models:
                key = metric_types.MetricKey(name=name, model_name=model)
                found[key] = bounded(*read.value(groups[model], sample))
                if baseline and model != baseline:
                    difference = read.difference(groups[model], groups[baseline], sample)
                    found[key.make_diff_key()] = bounded(*difference)
            return found

        super().__init__(_computations(result), name=name, **arguments)


class _Plain(metric_types.Metric):
    """Numbers without an interval, of each model."""

    def __init__(self, name: str, read: Callable[[Totals, clusters.Clusters], Floats | float]):
        def result(values: Values, models: Sequence[str], baseline: str | None) -> Values:
            return {
                metric_types.MetricKey(name=name, model_name=model): read(
                    as_totals(values[totals_key(model)].sum(axis=0)), values[clusters.KEY]
                )
                for model in models
            }

        super().__init__(_computations(result), name=name)


def _computations(
    result: Callable[[Values, Sequence[str], str | None], Values],
) -> Callable[..., metric_types.MetricComputations]:
    """What TFMA calls for the computations of a metric: those all share, then its own."""

    def computations(
        name: str,
        eval_config: config_pb2.EvalConfig | None = None,
        model_names: list[str] | None = None,
        **_: float,
    ) -> metric_types.MetricComputations:
        models, baseline = model_names or [""], baseline_of(eval_config)
        return [
            clusters.computation(),
            *(_totals(model) for model in models),
            metric_types.DerivedMetricComputation(
                keys=[metric_types.MetricKey(name=name, model_name=model) for model in models],
                result=lambda values: result(values, models, baseline),
            ),
        ]

    return computations


def baseline_of(config: config_pb2.EvalConfig | None) -> str | None:
    """The name of the model that others are compared with, if any is."""
    specs = config.model_specs if config else []
    return next((spec.name for spec in specs if spec.is_baseline), None)


def totals_key(model: str) -> metric_types.MetricKey:
    """Where the sums of a slice are while metrics are read off them, [GROUPS, SIZE]."""
    # A leading underscore keeps a key out of the results.
    return metric_types.MetricKey(name="_localization_totals", model_name=model)


def _totals(model: str) -> metric_types.MetricComputation:
    key = totals_key(model)
    return metric_types.MetricComputation(
        keys=[key], preprocessors=[_OfModel(model)], combiner=_Sum(key)
    )


def bounded(value: float, ends: Ends) -> metrics_for_slice_pb2.BoundedValue | float:
    """As TFMA writes a value with an interval; without pictures it is no number, and has none."""
    if not math.isfinite(value):
        return value
    wrapped = zip(("value", "lower_bound", "upper_bound"), (value, *ends), strict=True)
    return metrics_for_slice_pb2.BoundedValue(**{name: {"value": n} for name, n in wrapped})


class _Share(NamedTuple):
    """A share of the pictures: its place among `Totals.shares`."""

    which: int

    def _part(self, sums: Floats) -> Floats:
        totals = as_totals(sums)
        return _share(totals.shares[..., self.which], totals.pictures)

    def value(self, groups: Floats, sample: Sample) -> tuple[float, Ends]:
        value, error = estimate(self._part, groups)
        return value, intervals.of_share(value, sample, error)

    def difference(self, candidate: Floats, baseline: Floats, sample: Sample) -> tuple[float, Ends]:
        value, error = _paired(self._part, candidate, baseline)
        mine, theirs = (as_totals(of.sum(axis=0)) for of in (candidate, baseline))
        both = mine.both[self.which]
        return value, intervals.of_paired_shares(
            mine.shares[self.which] - both, theirs.shares[self.which] - both, sample, error
        )


class _Mean(NamedTuple):
    """A mean over pictures, or what is like one, of values in [0, most]."""

    read: Read
    most: Read = lambda totals: np.ones_like(totals.pictures)

    def _value(self, sums: Floats) -> Floats:
        return self.read(as_totals(sums))

    def value(self, groups: Floats, sample: Sample) -> tuple[float, Ends]:
        value, error = estimate(self._value, groups)
        most = float(self.most(as_totals(groups.sum(axis=0))))
        return value, intervals.of_mean(value, sample, error, most=most)

    def difference(self, candidate: Floats, baseline: Floats, sample: Sample) -> tuple[float, Ends]:
        value, error = _paired(self._value, candidate, baseline)
        most = float(self.most(as_totals(candidate.sum(axis=0))))
        return value, intervals.of_difference(value, sample, error, most=most)


def _paired(
    read: Callable[[Floats], Floats], candidate: Floats, baseline: Floats
) -> tuple[float, Error | None]:
    both = np.concatenate([candidate, baseline], axis=1)
    return estimate(lambda sums: read(sums[..., :SIZE]) - read(sums[..., SIZE:]), both)


def _share(part: Floats, whole: Floats) -> Floats:
    part = np.asarray(part, np.float64)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=np.asarray(whole) != 0)


class ExampleCount(_Plain):
    """How many pictures there are."""

    def __init__(self, name: str = "example_count"):
        super().__init__(name, lambda totals, _: float(totals.pictures))


class SourceCount(_Plain):
    """How many glyphs (or pictures of one's own) the pictures are of."""

    def __init__(self, name: str = "source_count"):
        super().__init__(name, lambda _, of: float(len(of.sources)))


class FormCount(_Plain):
    """How many forms the pictures are of; 0 where forms are unknown."""

    def __init__(self, name: str = "form_count"):
        super().__init__(name, lambda _, of: float(len(of.forms)))


class Accuracy(_LocalizationMetric):
    """Share of pictures whose digit is right."""

    def __init__(self, name: str = "accuracy"):
        super().__init__(name, _Share(0))


class MeanIoU(_LocalizationMetric):
    """Mean over pictures of intersection over union of the predicted and the true box."""

    def __init__(self, name: str = "mean_iou"):
        super().__init__(name, _Mean(lambda totals: _share(totals.iou, totals.pictures)))


class PooledIoU(_LocalizationMetric):
    """Sum of all intersections over sum of all unions: large digits weigh more."""

    def __init__(self, name: str = "pooled_iou"):
        super().__init__(name, _Mean(lambda totals: _share(totals.intersection, totals.union)))


class IoUAtLeast(_LocalizationMetric):
    """Share of pictures whose box reaches a threshold, one of `IOU_THRESHOLDS`."""

    def __init__(self, threshold: float, name: str | None = None):
        which = 1 + IOU_THRESHOLDS.index(threshold)
        name = name or f"iou_at_{round(100 * threshold)}"
        super().__init__(name, _Share(which), threshold=threshold)


class Joint(_LocalizationMetric):
    """Share of pictures whose digit is right and whose box reaches `JOINT_THRESHOLD`."""

    def __init__(self, name: str = "joint_at_50"):
        super().__init__(name, _Share(1 + len(IOU_THRESHOLDS)))


class EdgeError(_LocalizationMetric):
    """Mean distance of a box's edges from the true ones, in pixels of the canvas."""

    def __init__(self, name: str = "edge_error"):
        super().__init__(
            name,
            _Mean(
                lambda totals: _share(totals.edge_error, totals.pictures),
                most=lambda totals: _share(totals.edge_reach, totals.pictures),
            ),
        )


class CalibrationError(_LocalizationMetric):
    """Expected calibration error of the digit's probability, in 15 bins of equal width.

    Guo et al., On Calibration of Modern Neural Networks, 2017: the gap between confidence and
    accuracy in each bin, weighted by how many pictures fall into it.
    """

    def __init__(self, name: str = "calibration_error"):
        super().__init__(
            name, _Mean(lambda totals: _share(np.abs(totals.gap).sum(axis=-1), totals.pictures))
        )


class ConfusionMatrix(_Plain):
    """How many of each true digit (row) were taken for each digit (column), flat, [100]."""

    def __init__(self, name: str = "confusion_matrix"):
        super().__init__(name, lambda totals, _: totals.confusion)


for _metric in (
    ExampleCount, SourceCount, FormCount, Accuracy, MeanIoU, PooledIoU, IoUAtLeast, Joint,
    EdgeError, CalibrationError, ConfusionMatrix,
):  # fmt: skip
    metric_types.register_metric(_metric)
