"""How each component of a run is described, from what it noted in ML Metadata."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.config.config import Config
from pipeline.dag import create_components
from pipeline.run.descriptions import DESCRIPTIONS, describe, training_history
from pipeline.workspace.node import Node, Output
from vocabulary.examples_count import write_counts


def node(name: str, output: str = "", uri: Path = Path(), **properties: Any) -> Node:
    outputs = {output: Output(uri, properties)} if output else {}
    return Node(name, 1, "complete", cached=False, seconds=0.0, outputs=outputs)


def drift(**properties: int) -> Node:
    return node("DistributionValidator", "anomalies", **properties)


def trainer(folder: Path) -> Node:
    (folder / "history.json").write_text(
        json.dumps({"parameters": 1234567, "precision": "bfloat16", "epochs": {}})
    )
    return node("Trainer", "model_run", folder)


def test_every_component_of_the_whole_dag_has_a_description_and_no_other(
    configure: Callable[..., Config],
) -> None:
    config = configure(
        "tuner.enabled=true",
        "training.warm_start=true",
        "splits.validation=10",
        "bulk_inference=[validation]",
    )
    whole_dag = create_components(config, serving_dir="/serving", checkpoint_dir="/checkpoints")
    assert set(DESCRIPTIONS) == {component.id for component in whole_dag}


@pytest.mark.parametrize(
    ("component", "words"),
    [
        (node("StatisticsGen"), "of 2 splits"),
        (node("Champion", "champion", version=0), "nothing serves yet"),
        (node("Champion", "champion", version=17), "version 17"),
        (
            node("Champion", "champion", version=17, passed_over="version 19 is passed over: so"),
            "version 17; version 19 is passed over: so",
        ),
        (
            node("Champion", "champion", version=0, passed_over="version 19 is passed over: so"),
            "nothing to compare with; version 19 is passed over: so",
        ),
        (node("Incumbent", "champion", version=17), "version 17"),
        (drift(version=0, compared=0, drifted=0), "nothing to compare with"),
        (drift(version=17, compared=2, drifted=0), "no drift from version 17"),
        (drift(version=17, compared=2, drifted=1), "1 feature drifted from version 17"),
        (drift(version=17, compared=2, drifted=3), "3 features drifted from version 17"),
        (node("Evaluator", "blessing", blessed=1), "blessed"),
        (node("Evaluator", "blessing", blessed=0), "not blessed"),
        (node("InfraValidator", "blessing", blessed=0, reason="no answer"), "no answer"),
        (node("Pusher", "pushed_model", pushed=1, pushed_version="99"), "version 99"),
        (node("Pusher", "pushed_model", pushed=0), "nothing pushed"),
        (
            node("Pusher", "pushed_model", pushed=0, already_serves_as=99),
            "already serves as version 99",
        ),
        (node("SomethingNew"), ""),
    ],
)
def test_component_is_described(
    component: Node, words: str, configure: Callable[..., Config]
) -> None:
    assert describe(component, configure()) == words


def test_trained_model_is_described(tmp_path: Path, configure: Callable[..., Config]) -> None:
    description = describe(trainer(tmp_path), configure("model.kind=lab"))
    assert description == "lab, 1,234,567 parameters, bfloat16"
    assert training_history(trainer(tmp_path))["parameters"] == 1234567


def test_best_hyperparameters_are_described(
    tmp_path: Path, configure: Callable[..., Config]
) -> None:
    values = {"learning_rate": 0.00123456, "label_smoothing": 0.05}
    (tmp_path / "best_hyperparameters.txt").write_text(json.dumps({"values": values}))
    tuner = node("Tuner", "best_hyperparameters", tmp_path)
    assert describe(tuner, configure("tuner.trials=4")) == (
        "4 trials; best: learning_rate 0.00123, label_smoothing 0.05"
    )


def test_bulk_inference_is_described_with_its_splits_or_why_there_is_none(
    configure: Callable[..., Config],
) -> None:
    config = configure("bulk_inference=[eval]", "splits.eval=2000")
    inferred = node("BulkInferrer", "output_examples", split_names='["eval"]')
    assert describe(inferred, config) == "predictions for eval"
    refused = node("BulkInferrer", "output_examples")
    assert describe(refused, config) == "no predictions: the model is not blessed"


def test_the_examples_of_each_split_are_counted_in_the_data(
    tmp_path: Path, configure: Callable[..., Config]
) -> None:
    write_counts(str(tmp_path), {"train": 12345, "eval": 6})
    example_gen = node("DigitExampleGen", "examples", tmp_path)
    assert describe(example_gen, configure("splits.train=99")) == "12,345 train, 6 eval"
