"""Reads what the Evaluator wrote: metrics, whole and by slice, and why a model was not blessed."""

from dataclasses import dataclass
from typing import Any

import tensorflow_model_analysis as tfma

from evaluation.eval_config import BASELINE, CANDIDATE, METRICS


@dataclass(frozen=True)
class Estimate:
    """A metric's value, and the ends of its confidence interval where one was computed."""

    value: float
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class SliceMetrics:
    """The candidate on one slice.

    Attributes:
        key: (feature, value) pairs; none for the whole, two or more for a cross.
        count: examples in the slice.
        metrics: by the names in `evaluation.eval_config.METRICS`, those that were computed.
    """

    key: tuple[tuple[str, str], ...]
    count: int
    metrics: dict[str, Estimate]


def read_slices(evaluation: str) -> list[SliceMetrics]:
    """The candidate's metrics on every slice, the whole first, from the folder of an evaluation."""
    result = tfma.load_eval_result(evaluation, model_name=_candidate(evaluation))
    found = [_slice(key, values[""][""]) for key, values in result.slicing_metrics]
    return sorted(found, key=lambda one: (len(one.key), one.key))


def _slice(key: tuple[tuple[str, Any], ...], values: dict[str, Any]) -> SliceMetrics:
    named: dict[str, Estimate] = {
        name: _estimate(values[name]) for name in METRICS if name in values
    }
    return SliceMetrics(
        key=tuple((feature, str(value)) for feature, value in key),
        count=round(_estimate(values["example_count"]).value),
        metrics=named,
    )


def _estimate(value: dict[str, Any]) -> Estimate:
    # JSON of protos: doubles that are no numbers are words, and 0 may be left out.
    if bounded := value.get("boundedValue"):
        ends = (float(bounded.get(key, 0.0)) for key in ("value", "lowerBound", "upperBound"))
        return Estimate(*ends)
    return Estimate(float(value.get("doubleValue", 0.0)))


def read_metrics(evaluation: str) -> dict[str, float]:
    """The candidate's metrics on the whole, by name, from the folder of an evaluation."""
    whole = next(one for one in read_slices(evaluation) if not one.key)
    return {name: estimate.value for name, estimate in whole.metrics.items()}


def _candidate(evaluation: str) -> str | None:
    names = [spec.name for spec in tfma.load_eval_result(evaluation).config.model_specs]
    return CANDIDATE if BASELINE in names else None


def read_reasons(evaluation: str) -> list[str]:
    """One sentence for each bar that was missed; empty for a blessed model."""
    result = tfma.load_validation_result(evaluation)
    return [
        _explain(failure)
        for one_slice in result.metric_validations_per_slice
        for failure in one_slice.failures
    ]


def _explain(failure: Any) -> str:
    name = failure.metric_key.name
    value = failure.metric_value.double_value.value
    if failure.metric_key.is_diff:
        margin = -failure.metric_threshold.change_threshold.absolute.value
        return f"{name} is {-value:.4f} below the champion's, more than the margin of {margin:g}"
    bar = failure.metric_threshold.value_threshold.lower_bound.value
    return f"{name} is {value:.4f}, below the bar of {bar:g}"
