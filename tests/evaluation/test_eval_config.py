"""The EvalConfig: what is measured, what is gated, and where."""

import json
from typing import Any

import pytest
import tensorflow_model_analysis as tfma
from pydantic import ValidationError
from tensorflow_model_analysis.proto import config_pb2

from evaluation import metrics
from evaluation.eval_config import METRICS, build_eval_config
from evaluation.options import EvaluationOptions

OPTIONS = EvaluationOptions(
    bars={"accuracy": 0.95, "iou_at_75": 0.5}, margin=0.02, slices=["digit", "place"]
)


def configs(options: EvaluationOptions = OPTIONS) -> dict[str, config_pb2.MetricConfig]:
    """The config of each metric, by its name in the config."""
    (spec,) = build_eval_config(options).metrics_specs
    *ours, count = spec.metrics
    assert count.class_name == "ExampleCount"
    return dict(zip(METRICS, ours, strict=True))


def test_tfma_accepts_the_config() -> None:
    updated = tfma.utils.update_eval_config_with_defaults(
        build_eval_config(OPTIONS), has_baseline=True
    )
    tfma.utils.verify_eval_config(updated)
    assert [spec.name for spec in updated.model_specs] == ["candidate", "baseline"]
    assert [spec.is_baseline for spec in updated.model_specs] == [False, True]


def test_the_whole_slice_alone_is_gated() -> None:
    for name, config in configs().items():
        assert not config.HasField("threshold")
        assert len(config.cross_slice_thresholds) == 0
        if name in OPTIONS.bars:
            (gate,) = config.per_slice_thresholds
            assert list(gate.slicing_specs) == [config_pb2.SlicingSpec()]
        else:
            assert len(config.per_slice_thresholds) == 0


def test_thresholds_are_the_bars_and_the_margin() -> None:
    for name, bar in OPTIONS.bars.items():
        threshold = configs()[name].per_slice_thresholds[0].threshold
        assert threshold.value_threshold.lower_bound.value == bar
        assert not threshold.value_threshold.HasField("upper_bound")
        change = threshold.change_threshold
        assert change.absolute.value == -0.02
        assert not change.HasField("relative")
        assert change.direction == config_pb2.MetricDirection.HIGHER_IS_BETTER


def test_a_margin_of_nothing_is_still_a_threshold() -> None:
    options = EvaluationOptions(bars={"mean_iou": 0.0}, margin=0.0, slices=[])
    threshold = configs(options)["mean_iou"].per_slice_thresholds[0].threshold
    assert threshold.change_threshold.HasField("absolute")
    assert threshold.value_threshold.HasField("lower_bound")


def test_all_metrics_are_computed_on_the_whole_and_on_the_slices_asked_for() -> None:
    config = build_eval_config(OPTIONS)
    assert [list(spec.feature_keys) for spec in config.slicing_specs] == [
        [],
        ["image/object/class/label"],
        ["slice/place"],
    ]
    none = EvaluationOptions(bars={"accuracy": 0.9}, margin=0.0, slices=[])
    assert list(build_eval_config(none).slicing_specs) == [config_pb2.SlicingSpec()]


def test_a_metric_is_named_as_in_the_config() -> None:
    for name, config in configs().items():
        class_ = getattr(metrics, config.class_name)
        assert config.module == "evaluation.metrics"
        arguments = json.loads(config.config or "{}")
        assert class_(**arguments).name == name


def test_models_are_asked_by_their_serving_signature() -> None:
    for spec in build_eval_config(OPTIONS).model_specs:
        assert spec.signature_name == "serving_examples"
        assert spec.label_key == "image/object/class/label"


@pytest.mark.parametrize(
    "change",
    [
        {"bars": {}},
        {"bars": {"acuracy": 0.9}},
        {"bars": {"accuracy": 1.1}},
        {"bars": {"accuracy": -0.1}},
        {"margin": -0.01},
        {"margin": 2.0},
        {"slices": ["colour"]},
        {"bar": {}},
    ],
)
def test_bars_margins_and_slices_that_make_no_sense_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        EvaluationOptions.model_validate(OPTIONS.model_dump() | change)
    assert caught.value.errors()[0]["loc"][0] == next(iter(change))
