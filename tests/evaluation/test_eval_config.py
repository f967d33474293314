"""The EvalConfig: what is measured, and where."""

import importlib
import json

import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.proto import config_pb2

from evaluation.eval_config import build_eval_config, metric_names
from vocabulary.task.judging import metrics_of

SLICES = ["digit", "place x size"]


def test_tfma_accepts_the_config() -> None:
    config = build_eval_config("localization", SLICES, ["a", "b", "c"], baseline="b")
    tfma.utils.verify_eval_config(config)
    assert [spec.name for spec in config.model_specs] == ["a", "b", "c"]
    assert [spec.is_baseline for spec in config.model_specs] == [False, True, False]


def test_all_metrics_are_computed_on_the_whole_and_on_the_slices_asked_for() -> None:
    config = build_eval_config("localization", SLICES, ["a"], baseline=None)
    assert [list(spec.feature_keys) for spec in config.slicing_specs] == [
        [],
        ["digit"],
        ["place", "size"],
    ]
    specs = build_eval_config("localization", [], ["a"], baseline=None).slicing_specs
    assert list(specs) == [config_pb2.SlicingSpec()]


def test_metrics_are_made_again_from_the_config_by_the_names_of_the_task() -> None:
    config = build_eval_config("localization", SLICES, ["a"], baseline=None)
    (spec,) = config.metrics_specs
    made = [
        getattr(importlib.import_module(one.module), one.class_name)(**json.loads(one.config))
        for one in spec.metrics
    ]
    counts = ["example_count", "source_count", "form_count"]
    assert [one.name for one in made] == [*metrics_of("localization"), *counts, "plots"]
    assert metric_names(config) == list(metrics_of("localization"))


def test_models_are_asked_by_their_serving_signature() -> None:
    for spec in build_eval_config("localization", SLICES, ["a", "b"], baseline="a").model_specs:
        assert spec.signature_name == "serving_examples"
        assert spec.label_key == "image/object/class/label"
