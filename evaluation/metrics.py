"""The metrics of a task as native TFMA metrics, each with its confidence interval, and its plots.

TFMA makes them again from their arguments, which are names: also of the models, for TFMA forgets
the name of an only one. All metrics that are read off sums share one Beam combiner for each model,
and those that are computed of rows share one for all.
"""

import math
from collections.abc import Callable
from typing import Final

from tensorflow_model_analysis.metrics import metric_types
from tensorflow_model_analysis.proto import config_pb2, metrics_for_slice_pb2

from evaluation import plots
from evaluation.clusters import Clusters, count_forms
from evaluation.computations import (
    CLUSTERS_KEY,
    ROWS_KEY,
    Values,
    clusters,
    counts,
    counts_key,
    rows,
    sums,
    sums_key,
)
from evaluation.estimates import OfSums, ValuesOfRows
from evaluation.intervals import Ends
from vocabulary.task.judging import Metric, OfRows, Plot, metrics_of, plots_of

COUNTS: Final[dict[str, Callable[[Clusters], float]]] = {
    "example_count": lambda of: of.sample.pictures,
    "source_count": lambda of: float(len(of.sources)),
    "form_count": lambda of: float(count_forms(of.forms)),
}
"""Pictures, the glyphs that these are of, and the forms that those are from (0 where some are
unknown)."""


class TaskMetric(metric_types.Metric):
    """A metric of a task, and its difference from the baseline."""

    def __init__(self, task: str, name: str, models: list[str]):
        super().__init__(_computations, task=task, name=name, models=models)


class Count(metric_types.Metric):
    """One of `COUNTS`."""

    def __init__(self, name: str, models: list[str]):
        super().__init__(_count_computations, name=name, models=models)


class TaskPlots(metric_types.Metric):
    """All plots of a task."""

    def __init__(self, task: str, name: str, models: list[str]):
        super().__init__(_plot_computations, task=task, name=name, models=models)


for _metric in (TaskMetric, Count, TaskPlots):
    metric_types.register_metric(_metric)


def baseline_of(config: config_pb2.EvalConfig | None) -> str | None:
    """The name of the model that others are compared with, if any is."""
    specs = config.model_specs if config else []
    return next((spec.name for spec in specs if spec.is_baseline), None)


def _computations(
    task: str,
    name: str,
    models: list[str],
    eval_config: config_pb2.EvalConfig | None = None,
) -> metric_types.MetricComputations:
    """What TFMA calls for the computations of a metric: those that many share, then its own."""
    baseline = baseline_of(eval_config)
    metric = metrics_of(task)[name]
    keys = {model: metric_types.MetricKey(name=name, model_name=model) for model in models}

    def result(values: Values) -> Values:
        reading = _reading(metric, models, values)
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
        clusters(),
        *([rows()] if isinstance(metric.read, OfRows) else [sums(model) for model in models]),
        metric_types.DerivedMetricComputation(keys=[*keys.values()], result=result),
    ]


def _reading(metric: Metric, models: list[str], values: Values) -> OfSums | ValuesOfRows | None:
    """What the values of a metric are read off; None of rows where there are none."""
    sample = values[CLUSTERS_KEY].sample
    if isinstance(metric.read, OfRows):
        gathered = values[ROWS_KEY]
        return ValuesOfRows(metric.read, gathered, sample) if gathered else None
    return OfSums(
        metric.name, metric.read, {model: values[sums_key(model)] for model in models}, sample
    )


def _as_tfma(value: float, ends: Ends) -> metrics_for_slice_pb2.BoundedValue | float:
    """A value with its interval; without pictures it is no number, and has none."""
    if not math.isfinite(value):
        return value
    wrapped = zip(("value", "lower_bound", "upper_bound"), (value, *ends), strict=True)
    return metrics_for_slice_pb2.BoundedValue(**{name: {"value": n} for name, n in wrapped})


def _count_computations(name: str, models: list[str]) -> metric_types.MetricComputations:
    keys = [metric_types.MetricKey(name=name, model_name=model) for model in models]

    def result(values: Values) -> Values:
        return dict.fromkeys(keys, COUNTS[name](values[CLUSTERS_KEY]))

    derived = metric_types.DerivedMetricComputation(keys=keys, result=result)
    return [clusters(), derived]


def _plot_computations(task: str, name: str, models: list[str]) -> metric_types.MetricComputations:
    def key(plot: Plot, model: str) -> metric_types.PlotKey:
        return metric_types.PlotKey(name=plots.name_of(plot), model_name=model)

    def result(values: Values) -> Values:
        return {
            key(plot, model): plots.as_tfma(plot, counted)
            for model in models
            for plot, counted in zip(plots_of(task), values[counts_key(model)], strict=True)
        }

    keys = [key(plot, model) for model in models for plot in plots_of(task)]
    derived = metric_types.DerivedMetricComputation(keys=keys, result=result)
    return [*(counts(model) for model in models), derived]
