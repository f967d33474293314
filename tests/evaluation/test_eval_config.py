"""The EvalConfig and the options: what is measured, and where."""

import importlib
import json
import re
from typing import Any

import pytest
import tensorflow_model_analysis as tfma
from pydantic import ValidationError
from tensorflow_model_analysis.proto import config_pb2

from evaluation.eval_config import METRICS, build_eval_config
from evaluation.options import EvaluationOptions, require_slices

OPTIONS = EvaluationOptions(
    bars={"accuracy": 0.95, "iou_at_75": 0.5}, margin=0.02, slices=["digit", "place x size"]
)


def test_tfma_accepts_the_config() -> None:
    config = build_eval_config(OPTIONS, ["a", "b", "c"], baseline="b")
    tfma.utils.verify_eval_config(config)
    assert [spec.name for spec in config.model_specs] == ["a", "b", "c"]
    assert [spec.is_baseline for spec in config.model_specs] == [False, True, False]


def test_all_metrics_are_computed_on_the_whole_and_on_the_slices_asked_for() -> None:
    config = build_eval_config(OPTIONS, ["a"], baseline=None)
    assert [list(spec.feature_keys) for spec in config.slicing_specs] == [
        [],
        ["slice/digit"],
        ["slice/place", "slice/size"],
    ]
    none = EvaluationOptions(bars={"accuracy": 0.9}, margin=0.0, slices=[])
    specs = build_eval_config(none, ["a"], baseline=None).slicing_specs
    assert list(specs) == [config_pb2.SlicingSpec()]


def test_a_metric_is_named_as_in_the_config() -> None:
    (spec,) = build_eval_config(OPTIONS, ["a"], baseline=None).metrics_specs
    for name, config in zip(METRICS, spec.metrics, strict=False):
        class_ = getattr(importlib.import_module(config.module), config.class_name)
        assert config.module in ("evaluation.metrics", "evaluation.coco")
        assert class_(**json.loads(config.config or "{}")).name == name
    assert len(spec.metrics) == len(METRICS) + 4


def test_models_are_asked_by_their_serving_signature() -> None:
    for spec in build_eval_config(OPTIONS, ["a", "b"], baseline="a").model_specs:
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
        {"minimum": 0},
        {"slices": ["digit", "size", "digit"]},
        {"slice_bars": [{"slice": "digit", "value": "3", "bars": {}}]},
        {"slice_bars": [{"slice": "digit", "bars": {"accuracy": 0.9}}]},
        {"slice_bars": [{"slice": "digit", "value": "3", "bars": {"accuracy": 0.9}}] * 2},
        {"unjudged": "bless"},
        {"bar": {}},
    ],
)
def test_bars_margins_and_slices_that_make_no_sense_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        EvaluationOptions.model_validate(OPTIONS.model_dump() | change)
    assert caught.value.errors()[0]["loc"][0] == next(iter(change))


def test_a_bar_on_a_slice_that_is_not_looked_at_is_refused() -> None:
    barred = {"slice": "size", "value": "small", "bars": {"accuracy": 0.9}}
    with pytest.raises(ValidationError, match="names the slice size, which is not in slices"):
        EvaluationOptions.model_validate(OPTIONS.model_dump() | {"slice_bars": [barred]})


@pytest.mark.parametrize(
    ("slice_", "value", "said"),
    [
        ("size", "smal", "the slice size has no value smal; did you mean small?"),
        ("size", "7", "the slice size has no value 7; it has small, medium, large"),
        ("digit x size", "3 x smal", "has no value 3 x smal; did you mean 3 x small?"),
        ("digit", "10", "the slice digit has no value 10; did you mean 1?"),
        ("digit x size", "blue", "it has 0 x small, 0 x medium, 0 x large, ..., 9 x large"),
        ("rotation", "unknow", "the slice rotation has no value unknow; did you mean unknown?"),
    ],
)
def test_a_bar_on_a_value_that_a_slice_cannot_have_is_refused(
    slice_: str, value: str, said: str
) -> None:
    barred = {"slice": slice_, "value": value, "bars": {"accuracy": 0.9}}
    change = {"slices": [slice_], "slice_bars": [barred]}
    options = EvaluationOptions.model_validate(OPTIONS.model_dump() | change)
    with pytest.raises(ValueError, match=re.escape(said)):
        require_slices(options, "localization")


@pytest.mark.parametrize("name", ["colour", "size x digit", "scale"])
def test_a_slice_that_a_task_does_not_have_is_refused(name: str) -> None:
    options = OPTIONS.model_copy(update={"slices": [name]})
    with pytest.raises(ValueError, match=f"evaluation.slices names {name}, which is no slice; "):
        require_slices(options, "localization")
