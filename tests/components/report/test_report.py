"""Report's executor on real artefacts: a model, its examples, their statistics, an evaluation."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apache_beam as beam
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_metadata.proto.v0 import anomalies_pb2, statistics_pb2
from tfx.types import artifact_utils, channel_utils, standard_artifacts

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.synthesis import Recipe, draw_shard, write_shard
from components.report.artifact import RunReport
from components.report.component import Report
from components.report.contents import _evaluated
from evaluation.judge import judge
from evaluation.options import JudgeOptions
from pipeline.config.config import Config
from pipeline.config.file import read_config
from vocabulary.task.options import TaskBase
from vocabulary.task.report import Evaluated

TASK = read_config().task.model_dump()
SPLITS = ["train", "eval"]


def save_constant_model(folder: str, *, digit: int, box: tuple[float, ...]) -> None:
    """Exports a model that predicts the same for every picture."""

    class Constant(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="examples")])
        def serve(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
            count = tf.shape(examples)[0]
            return {
                "probabilities": tf.tile(tf.one_hot([digit], 10), [count, 1]),
                "box": tf.tile(tf.constant([box], tf.float32), [count, 1]),
            }

    model = Constant()
    tf.saved_model.save(model, folder, signatures={"serving_examples": model.serve})


@pytest.fixture(scope="module")
def inputs(
    tmp_path_factory: pytest.TempPathFactory, make_data: Callable[..., DataOptions]
) -> dict[str, list[Any]]:
    folder = tmp_path_factory.mktemp("run")
    kinds = {
        "examples": standard_artifacts.Examples,
        "statistics": standard_artifacts.ExampleStatistics,
        "anomalies": standard_artifacts.ExampleAnomalies,
        "drift": standard_artifacts.ExampleAnomalies,
        "model": standard_artifacts.Model,
        "model_run": standard_artifacts.ModelRun,
        "evaluation": standard_artifacts.ModelEvaluation,
        "pushed_model": standard_artifacts.PushedModel,
    }
    produced = {key: kind() for key, kind in kinds.items()}
    for key, artifact in produced.items():
        artifact.uri = str(folder / key)
        Path(artifact.uri).mkdir()
    for key in ("examples", "statistics", "anomalies"):
        produced[key].split_names = artifact_utils.encode_split_names(SPLITS)
    recipe = Recipe(make_data(channels=3).model_dump_json(), "eval", tuple(SPLITS), 20)
    for split in SPLITS:
        write_shard(f"{produced['examples'].uri}/Split-{split}", draw_shard(recipe, 0))
    counted = statistics_pb2.DatasetFeatureStatisticsList()
    counted.datasets.add(num_examples=20)
    for split in SPLITS:
        write(folder / f"statistics/Split-{split}/FeatureStats.pb", counted.SerializeToString())
        nothing = anomalies_pb2.Anomalies().SerializeToString()
        write(folder / f"anomalies/Split-{split}/SchemaDiff.pb", nothing)
    save_constant_model(
        f"{produced['model'].uri}/Format-Serving", digit=7, box=(0.1, 0.2, 0.3, 0.4)
    )
    history = {
        "metrics": [],
        "parameters": 5, "precision": "float32", "strategy": "one_device", "hyperparameters": {},
        "watched": "eval", "steps_per_epoch": 2, "epochs": {"loss": [1.0, 0.5]},
        "steps": {"step": [1, 2, 3, 4], "loss": [1.2, 0.8, 0.6, 0.4]},
    }  # fmt: skip
    write(folder / "model_run/history.json", json.dumps(history).encode())
    options = {"bars": {"accuracy": 0.5}, "margin": 0.0, "slices": ["digit"]}
    judged = {"task": TASK, "evaluation": options, "canvas": [75, 75]}
    judge(
        model=f"{produced['model'].uri}/Format-Serving",
        champion=None,
        champion_version=0,
        patterns=[f"{produced['examples'].uri}/Split-eval/*"],
        folder=produced["evaluation"].uri,
        options=JudgeOptions.model_validate_json(json.dumps(judged)),
        make_pipeline=lambda: beam.Pipeline(runner="FnApiRunner"),
    )
    produced["pushed_model"].set_int_custom_property("pushed", 1)
    produced["pushed_model"].set_string_custom_property("pushed_version", "99")
    return {key: [artifact] for key, artifact in produced.items()}


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_every_section_is_on_the_page(
    inputs: dict[str, list[Any]],
    tmp_path: Path,
    configure: Callable[..., Config],
) -> None:
    report = RunReport()
    report.uri = str(tmp_path / "report")
    Path(report.uri).mkdir()
    channels = {key: channel_utils.as_channel(artifacts) for key, artifacts in inputs.items()}
    component = Report(config=configure("model.kind=lab").reported, **channels)
    component.executor_spec.executor_class().Do(
        inputs, {"report": [report]}, dict(component.exec_properties)
    )
    (page,) = Path(report.uri).iterdir()
    text = page.read_text()
    assert page.name == "report.html"
    assert "digits: lab on handwriting" in text
    assert "Not blessed: accuracy is 0." in text
    assert "Pushed as version 99. There was no champion" in text
    assert "kind: lab" in text
    assert "From the train split" in text
    for anchor in (
        "verdict", "samples", "predictions", "slices", "digits", "boxes", "learning", "network",
        "data", "drift", "model-card", "config", "run",
    ):  # fmt: skip
        assert text.count(f'id="{anchor}"') == 1, anchor
        assert f'href="#{anchor}"' in text


@pytest.fixture(scope="module")
def evaluated(inputs: dict[str, list[Any]]) -> Evaluated:
    return _evaluated(
        {key: artifact for key, (artifact,) in inputs.items()}, TaskBase(kind="localization")
    )


def test_the_columns_are_those_of_the_pictures(evaluated: Evaluated) -> None:
    columns = {**evaluated.truth, **evaluated.predictions}
    assert {len(column) for column in columns.values()} == {20}
    assert set(evaluated.predictions["digit"]) == {7}
    assert set(evaluated.predictions["confidence"]) == {1.0}
    assert evaluated.predictions["ymax"] == pytest.approx(np.full(20, 0.4))
    assert len(set(evaluated.truth["digit"])) > 3
    assert (evaluated.truth["xmin"] < evaluated.truth["xmax"]).all()


def test_pixels_are_of_the_pictures_asked_for(
    evaluated: Evaluated, inputs: dict[str, list[Any]]
) -> None:
    wanted = {evaluated.ids[3], evaluated.ids[17]}
    pixels = evaluated.pixels(wanted)
    (file,) = Path(f"{inputs['examples'][0].uri}/Split-eval").iterdir()
    examples = {
        feature["image/id"].bytes_list.value[0].decode(): feature
        for record in tf.data.TFRecordDataset(str(file), "GZIP").as_numpy_iterator()
        for feature in [tf.train.Example.FromString(record).features.feature]
    }
    assert pixels == {id_: examples[id_]["image/encoded"].bytes_list.value[0] for id_ in wanted}
