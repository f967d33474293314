"""The EvalConfig that TFMA works by: which models, which metrics, which slices.

It has no thresholds: TFMA decides on points, `evaluation.verdict` on intervals.
"""

from collections.abc import Sequence
from typing import Final

import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.proto import config_pb2

from evaluation import coco, metrics
from evaluation.options import EvaluationOptions
from evaluation.slice_names import feature_keys
from vocabulary import features, signatures

CANDIDATE: Final = "candidate"
BASELINE: Final = "baseline"

METRICS: Final[dict[str, tuple[type, str]]] = {
    "accuracy": (metrics.Accuracy, ""),
    "mean_iou": (metrics.MeanIoU, ""),
    "pooled_iou": (metrics.PooledIoU, ""),
    "iou_at_50": (metrics.IoUAtLeast, '{"threshold": 0.5}'),
    "iou_at_60": (metrics.IoUAtLeast, '{"threshold": 0.6}'),
    "iou_at_75": (metrics.IoUAtLeast, '{"threshold": 0.75}'),
    "iou_at_90": (metrics.IoUAtLeast, '{"threshold": 0.9}'),
    "joint_at_50": (metrics.Joint, ""),
    "edge_error": (metrics.EdgeError, ""),
    "calibration_error": (metrics.CalibrationError, ""),
    coco.NAME: (coco.MeanAveragePrecision, ""),
}
"""Class and arguments of each metric that is a number with an interval, by its name."""
LOWER_IS_BETTER: Final = frozenset({"edge_error", "calibration_error"})
IN_PIXELS: Final = frozenset({"edge_error"})
"""The others are shares and IoUs, in [0, 1]."""

COUNT: Final = "example_count"
SOURCES: Final = "source_count"
FORMS: Final = "form_count"
CONFUSION: Final = "confusion_matrix"
_OTHERS = {
    COUNT: (metrics.ExampleCount, ""),
    SOURCES: (metrics.SourceCount, ""),
    FORMS: (metrics.FormCount, ""),
    CONFUSION: (metrics.ConfusionMatrix, ""),
}


def build_eval_config(
    options: EvaluationOptions, models: Sequence[str], *, baseline: str | None
) -> config_pb2.EvalConfig:
    """All metrics of the models, by name, on the whole and on the slices of the options.

    `baseline` is the one of them that the others are compared with, if any is.
    """
    return config_pb2.EvalConfig(
        model_specs=[
            config_pb2.ModelSpec(
                name=name,
                model_type=tfma.TF_GENERIC,  # or TFMA loads the model once more, to find out
                is_baseline=name == baseline,
                signature_name=signatures.EXAMPLES,
                label_key=features.LABEL,
            )
            for name in models
        ],
        metrics_specs=[
            config_pb2.MetricsSpec(
                metrics=[
                    config_pb2.MetricConfig(
                        class_name=class_.__name__, module=class_.__module__, config=arguments
                    )
                    for class_, arguments in (METRICS | _OTHERS).values()
                ],
                model_names=list(models),
            )
        ],
        slicing_specs=[
            config_pb2.SlicingSpec(),
            *(config_pb2.SlicingSpec(feature_keys=feature_keys(s)) for s in options.slices),
        ],
    )
