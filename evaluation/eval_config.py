"""The EvalConfig that the Evaluator works by."""

from tensorflow_model_analysis.proto import config_pb2

from evaluation import metrics, slices
from evaluation.options import EvaluationOptions, MetricName
from vocabulary import features

CANDIDATE = "candidate"
BASELINE = "baseline"
SIGNATURE = "serving_examples"

METRICS: dict[MetricName, tuple[type, str]] = {
    "accuracy": (metrics.Accuracy, ""),
    "mean_iou": (metrics.MeanIoU, ""),
    "pooled_iou": (metrics.PooledIoU, ""),
    "iou_at_50": (metrics.IoUAtLeast, '{"threshold": 0.5}'),
    "iou_at_60": (metrics.IoUAtLeast, '{"threshold": 0.6}'),
    "iou_at_75": (metrics.IoUAtLeast, '{"threshold": 0.75}'),
    "iou_at_90": (metrics.IoUAtLeast, '{"threshold": 0.9}'),
    "joint_at_50": (metrics.Joint, ""),
}
"""Class and arguments of each metric, by its name."""


def build_eval_config(options: EvaluationOptions) -> config_pb2.EvalConfig:
    """All metrics on all slices; thresholds for the barred ones on the whole."""
    spec = config_pb2.MetricsSpec(
        metrics=[
            _metric(name, class_, arguments, options)
            for name, (class_, arguments) in METRICS.items()
        ]
        + [config_pb2.MetricConfig(class_name="ExampleCount")]
    )
    return config_pb2.EvalConfig(
        model_specs=[
            _model(CANDIDATE, is_baseline=False),
            _model(BASELINE, is_baseline=True),
        ],
        metrics_specs=[spec],
        slicing_specs=[
            config_pb2.SlicingSpec(),
            *(config_pb2.SlicingSpec(feature_keys=[slices.SLICES[s]]) for s in options.slices),
        ],
    )


def _model(name: str, *, is_baseline: bool) -> config_pb2.ModelSpec:
    return config_pb2.ModelSpec(
        name=name, is_baseline=is_baseline, signature_name=SIGNATURE, label_key=features.LABEL
    )


def _metric(
    name: MetricName, class_: type, arguments: str, options: EvaluationOptions
) -> config_pb2.MetricConfig:
    config = config_pb2.MetricConfig(
        class_name=class_.__name__, module=class_.__module__, config=arguments
    )
    if name in options.bars:
        # A plain `threshold` would judge every slice; the empty spec is the whole.
        config.per_slice_thresholds.add(
            slicing_specs=[config_pb2.SlicingSpec()],
            threshold=config_pb2.MetricThreshold(
                value_threshold=config_pb2.GenericValueThreshold(
                    lower_bound={"value": options.bars[name]}
                ),
                change_threshold=config_pb2.GenericChangeThreshold(
                    absolute={"value": -options.margin},
                    direction=config_pb2.MetricDirection.HIGHER_IS_BETTER,
                ),
            ),
        )
    return config
