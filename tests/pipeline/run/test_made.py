"""What is said of each component, read off what it noted."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from digits_process import COMPONENTS

from pipeline.config.config import Config
from pipeline.run.made import describe, parameters
from pipeline.workspace.history import Node, Output
from pipeline.workspace.outcome import blessed, pushed_version
from vocabulary.examples_count import write_counts


def node(name: str, output: str = "", uri: Path = Path(), **properties: Any) -> Node:
    outputs = {output: Output(uri, properties)} if output else {}
    return Node(name, 1, "complete", cached=False, seconds=0.0, outputs=outputs)


def drift(**found: int) -> Node:
    return node("DistributionValidator", "anomalies", **found)


def trainer(folder: Path) -> Node:
    (folder / "history.json").write_text(
        json.dumps({"parameters": 1234567, "precision": "bfloat16", "epochs": {}})
    )
    return node("Trainer", "model_run", folder)


@pytest.mark.parametrize(
    ("made_by", "words"),
    [
        (node("DigitSchemaGen"), "the curated schema"),
        (node("StatisticsGen"), "of 2 splits"),
        (node("ExampleValidator"), "no anomalies"),
        (node("Transform"), "the transform graph"),
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
        (node("Incumbent", "champion", version=0), "nothing serves yet"),
        (node("Incumbent", "champion", version=17), "version 17"),
        (drift(version=0, compared=0, drifted=0), "nothing to compare with"),
        (drift(version=17, compared=2, drifted=0), "no drift from version 17"),
        (drift(version=17, compared=2, drifted=1), "1 feature drifted from version 17"),
        (drift(version=17, compared=2, drifted=3), "3 features drifted from version 17"),
        (node("Evaluator", "blessing", blessed=1), "blessed"),
        (node("Evaluator", "blessing", blessed=0), "not blessed"),
        (node("InfraValidator", "blessing", blessed=1), "served and answered"),
        (node("InfraValidator", "blessing", blessed=0, reason="no answer"), "no answer"),
        (node("Pusher", "pushed_model", pushed=1, pushed_version="99"), "version 99"),
        (node("Pusher", "pushed_model", pushed=0), "nothing"),
        (
            node("Pusher", "pushed_model", pushed=0, already_serves_as=99),
            "already serves as version 99",
        ),
        (node("Report"), "report.html"),
        (node("SomethingNew"), ""),
    ],
)
def test_component_is_described(
    made_by: Node, words: str, configure: Callable[..., Config]
) -> None:
    assert describe(made_by, configure()) == words


def test_trained_model_is_described(tmp_path: Path, configure: Callable[..., Config]) -> None:
    said = describe(trainer(tmp_path), configure("model.kind=lab"))
    assert said == "lab, 1,234,567 parameters, bfloat16"
    assert parameters(trainer(tmp_path)) == 1234567


def test_best_hyperparameters_are_described(
    tmp_path: Path, configure: Callable[..., Config]
) -> None:
    values = {"learning_rate": 0.00123456, "label_smoothing": 0.05}
    (tmp_path / "best_hyperparameters.txt").write_text(json.dumps({"values": values}))
    said = describe(node("Tuner", "best_hyperparameters", tmp_path), configure("tuner.trials=4"))
    assert said == "4 trials; best: learning_rate 0.00123, label_smoothing 0.05"


def test_what_was_read_in_bulk_is_described_unless_the_model_was_not_blessed(
    configure: Callable[..., Config],
) -> None:
    config = configure("bulk_inference=[eval]", "splits.eval=2000")
    read = node("BulkInferrer", "output_examples", split_names='["eval"]')
    assert describe(read, config) == "read 2,000 eval"
    assert describe(node("BulkInferrer", "output_examples"), config) == "nothing"


def test_the_examples_of_each_split_are_counted_in_the_data(
    tmp_path: Path, configure: Callable[..., Config]
) -> None:
    write_counts(str(tmp_path), {"train": 12345, "eval": 6})
    made_by = node("DigitExampleGen", "examples", tmp_path)
    assert describe(made_by, configure("splits.train=99")) == "12,345 train, 6 eval"


def test_every_component_of_the_dag_is_described(
    tmp_path: Path, configure: Callable[..., Config]
) -> None:
    write_counts(str(tmp_path), {"train": 1, "eval": 1})
    noted = {
        "DigitExampleGen": node("DigitExampleGen", "examples", tmp_path),
        "Trainer": trainer(tmp_path),
        "Champion": node("Champion", "champion", version=1),
        "DistributionValidator": drift(version=1, compared=2, drifted=0),
        "Evaluator": node("Evaluator", "blessing", blessed=1),
        "InfraValidator": node("InfraValidator", "blessing", blessed=1),
        "Pusher": node("Pusher", "pushed_model", pushed=0),
    }
    said = [describe(noted.get(name, node(name)), configure()) for name in COMPONENTS]
    assert all(said)


def test_model_that_was_not_pushed_has_no_version() -> None:
    assert pushed_version(node("Pusher", "pushed_model", pushed=0)) is None
    assert pushed_version(node("Pusher", "pushed_model", pushed=1, pushed_version="7")) == 7


def test_blessing_that_was_not_given_is_none() -> None:
    assert blessed(node("Evaluator", "blessing")) is False
