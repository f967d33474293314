"""The metrics of a task as native TFMA metrics, each with its confidence interval.

TFMA makes them again from their arguments, which are names. All metrics that are read off sums
share one Beam combiner for each model, and those that are computed of rows share one for all.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import apache_beam as beam
from tensorflow_model_analysis.metrics import metric_types
from tensorflow_model_analysis.proto import config_pb2, metrics_for_slice_pb2

from evaluation import clusters
from evaluation.clusters import Clusters
from evaluation.estimates import RatioOfSums, ShareOfSums, ValueOfRows
from evaluation.gathered import Gathered, bounded, gather
from evaluation.intervals import Ends
from evaluation.sums import Sums
from vocabulary.task.judging import OfRows, Ratio, metrics_of

SUMS: Final = "sums"
"""The extract that holds {model: Sums [GROUPS, columns]} of some pictures of a slice."""
ROWS: Final = "rows"
"""The extract that holds `Gathered` rows of some pictures; none of a slice but the whole."""

COUNTS: Final[dict[str, Callable[[Clusters], float]]] = {
    "example_count": lambda of: of.sample.pictures,
    "source_count": lambda of: float(len(of.sources)),
    "form_count": lambda of: float(len(of.forms)),
}
"""Pictures, the glyphs that these are of, and the forms that those are from (0 where unknown)."""

Values = dict[metric_types.MetricKey, Any]
# A leading underscore keeps a key out of the results.
_ROWS_KEY: Final = metric_types.MetricKey(name="_rows")


class TaskMetric(metric_types.Metric):
    """A metric of a task, and its difference from the baseline."""

    def __init__(self, task: str, name: str):
        super().__init__(_computations, task=task, name=name)


class Count(metric_types.Metric):
    """One of `COUNTS`."""

    def __init__(self, name: str):
        super().__init__(_count_computations, name=name)


for _metric in (TaskMetric, Count):
    metric_types.register_metric(_metric)


def baseline_of(config: config_pb2.EvalConfig | None) -> str | None:
    """The name of the model that others are compared with, if any is."""
    specs = config.model_specs if config else []
    return next((spec.name for spec in specs if spec.is_baseline), None)


def _computations(
    task: str,
    name: str,
    eval_config: config_pb2.EvalConfig | None = None,
    model_names: list[str] | None = None,
) -> metric_types.MetricComputations:
    """What TFMA calls for the computations of a metric: those that many share, then its own."""
    models, baseline = model_names or [""], baseline_of(eval_config)
    of_rows = isinstance(metrics_of(task)[name].read, OfRows)
    keys = {model: metric_types.MetricKey(name=name, model_name=model) for model in models}

    def result(values: Values) -> Values:
        reading = _reading(task, name, models, values)
        estimated: Values = {}
        if reading is None:
            return estimated
        for model, key in keys.items():
            estimated[key] = _as_tfma(*reading.value(model))
            if baseline and model != baseline:
                difference = reading.difference(model, baseline)
                estimated[key.make_diff_key()] = _as_tfma(*difference)
        return estimated

    return [
        clusters.computation(),
        *([_rows(models)] if of_rows else [_sums(model) for model in models]),
        metric_types.DerivedMetricComputation(keys=[*keys.values()], result=result),
    ]


def _reading(
    task: str, name: str, models: list[str], values: Values
) -> ShareOfSums | RatioOfSums | ValueOfRows | None:
    """What the values of a metric are read off; None of rows where there are none."""
    read, sample = metrics_of(task)[name].read, values[clusters.KEY].sample
    if isinstance(read, OfRows):
        rows = values[_ROWS_KEY]
        return ValueOfRows(read, rows, sample) if rows else None
    sums = {model: values[_sums_key(model)] for model in models}
    if isinstance(read, Ratio):
        return RatioOfSums(read, sums, sample)
    return ShareOfSums(name, sums, sample)


def _as_tfma(value: float, ends: Ends) -> metrics_for_slice_pb2.BoundedValue | float:
    """A value with its interval; without pictures it is no number, and has none."""
    if not math.isfinite(value):
        return value
    wrapped = zip(("value", "lower_bound", "upper_bound"), (value, *ends), strict=True)
    return metrics_for_slice_pb2.BoundedValue(**{name: {"value": n} for name, n in wrapped})


def _count_computations(
    name: str, model_names: list[str] | None = None
) -> metric_types.MetricComputations:
    keys = [metric_types.MetricKey(name=name, model_name=model) for model in model_names or [""]]

    def result(values: Values) -> Values:
        return dict.fromkeys(keys, COUNTS[name](values[clusters.KEY]))

    derived = metric_types.DerivedMetricComputation(keys=keys, result=result)
    return [clusters.computation(), derived]


def _sums_key(model: str) -> metric_types.MetricKey:
    return metric_types.MetricKey(name="_sums", model_name=model)


def _sums(model: str) -> metric_types.MetricComputation:
    key = _sums_key(model)
    return metric_types.MetricComputation(
        keys=[key], preprocessors=[_TakeSums(model)], combiner=_AddSums(key)
    )


def _rows(models: list[str]) -> metric_types.MetricComputation:
    return metric_types.MetricComputation(
        keys=[_ROWS_KEY], preprocessors=[_TakeRows(models)], combiner=_GatherRows()
    )


class _TakeSums(metric_types.Preprocessor):
    """Hands on the sums of one model."""

    def __init__(self, model: str):
        super().__init__()
        self._model = model

    def process(self, extracts: dict[str, Any]) -> Iterator[Sums]:
        sums = extracts[SUMS]
        # TFMA leaves the name of an only model out.
        yield sums[self._model or next(iter(sums))]


class _AddSums(beam.CombineFn):
    """Adds sums up and gives them under one key; none yet are None."""

    def __init__(self, key: metric_types.MetricKey):
        self._key = key

    def create_accumulator(self) -> None:
        return None

    def add_input(self, accumulator: Sums | None, element: Sums) -> Sums:
        if accumulator is None:
            return element
        return element._replace(values=accumulator.values + element.values)

    def merge_accumulators(self, accumulators: Iterable[Sums | None]) -> Sums | None:
        merged: Sums | None = None
        for accumulator in accumulators:
            merged = self.add_input(merged, accumulator) if accumulator else merged
        return merged

    def extract_output(self, accumulator: Sums | None) -> Values:
        return {self._key: accumulator}


class _TakeRows(metric_types.Preprocessor):
    """Hands on the rows; there are none of a slice but the whole."""

    def __init__(self, models: list[str]):
        super().__init__()
        self._models = models

    def process(self, extracts: dict[str, Any]) -> Iterator[Gathered]:
        rows: Gathered | None = extracts.get(ROWS)
        if rows:
            # TFMA leaves the name of an only model out.
            yield rows._replace(
                predictions=dict(zip(self._models, rows.predictions.values(), strict=True))
            )


class _GatherRows(beam.CombineFn):
    """Joins rows and gives them under `_ROWS_KEY`; None where there are none."""

    def create_accumulator(self) -> list[Gathered]:
        return []

    def add_input(self, accumulator: list[Gathered], element: Gathered) -> list[Gathered]:
        return bounded([*accumulator, element])

    def merge_accumulators(self, accumulators: Iterable[list[Gathered]]) -> list[Gathered]:
        return bounded([part for accumulator in accumulators for part in accumulator])

    def extract_output(self, accumulator: list[Gathered]) -> Values:
        return {_ROWS_KEY: gather(accumulator) if accumulator else None}
