"""Reads what the Evaluator wrote: metrics of the whole, and why a model was not blessed."""

from typing import Any

import tensorflow_model_analysis as tfma

from evaluation.eval_config import BASELINE, CANDIDATE, METRICS


def read_metrics(evaluation: str) -> dict[str, float]:
    """The candidate's metrics on the whole, by name, from the folder of an evaluation."""
    return _on_the_whole(tfma.load_eval_result(evaluation, model_name=_candidate(evaluation)))


def _candidate(evaluation: str) -> str | None:
    names = [spec.name for spec in tfma.load_eval_result(evaluation).config.model_specs]
    return CANDIDATE if BASELINE in names else None


def _on_the_whole(result: Any) -> dict[str, float]:
    values = result.get_metrics_for_slice(()) or {}
    return {name: values[name]["doubleValue"] for name in METRICS if name in values}


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
