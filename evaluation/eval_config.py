"""The EvalConfig that TFMA works by: which models, which metrics, which slices.

It has no thresholds: TFMA decides on points, `evaluation.decision` on intervals.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.proto import config_pb2

from evaluation.metrics import COUNTS, Count, TaskMetric, TaskPlots
from evaluation.slice_names import feature_keys
from vocabulary import features, signatures
from vocabulary.task.judging import metrics_of, plots_of

CANDIDATE: Final = "candidate"
BASELINE: Final = "baseline"


def build_eval_config(
    task: str, slices: Sequence[str], models: Sequence[str], *, baseline: str | None
) -> config_pb2.EvalConfig:
    """All metrics and plots of a task, for models by name, on the whole and on slices.

    `baseline` is the one of them that the others are compared with, if any is.
    """
    names = list(models)
    metrics = [_metric(TaskMetric, task=task, name=name, models=names) for name in metrics_of(task)]
    metrics += [_metric(Count, name=name, models=names) for name in COUNTS]
    if plots_of(task):
        metrics.append(_metric(TaskPlots, task=task, name="plots", models=names))
    return config_pb2.EvalConfig(
        model_specs=[
            config_pb2.ModelSpec(
                name=name,
                model_type=tfma.TF_GENERIC,  # or TFMA loads the model once more, to find out
                is_baseline=name == baseline,
                signature_name=signatures.EXAMPLES,
                label_key=features.LABEL,
            )
            for name in names
        ],
        metrics_specs=[config_pb2.MetricsSpec(metrics=metrics, model_names=names)],
        slicing_specs=[
            config_pb2.SlicingSpec(),
            *(config_pb2.SlicingSpec(feature_keys=feature_keys(s)) for s in slices),
        ],
    )


def metric_names(config: config_pb2.EvalConfig) -> list[str]:
    """The metrics of the task in a config that `build_eval_config` made, in its order."""
    return [
        json.loads(metric.config)["name"]
        for spec in config.metrics_specs
        for metric in spec.metrics
        if metric.class_name == TaskMetric.__name__
    ]


def _metric(class_: type, **arguments: Any) -> config_pb2.MetricConfig:
    return config_pb2.MetricConfig(
        class_name=class_.__name__, module=class_.__module__, config=json.dumps(arguments)
    )
