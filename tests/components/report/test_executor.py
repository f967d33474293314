"""Report's executor on real artefacts: a model, its examples, their statistics, an evaluation."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf
from tensorflow_metadata.proto.v0 import anomalies_pb2, statistics_pb2
from tfx.types import artifact_utils, channel_utils, standard_artifacts

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.synthesis import Recipe, draw_shard, write_shard
from components.report import executor
from components.report.artifact import RunReport
from components.report.component import Report
from components.report.document import Box
from components.report.predictions import predict
from evaluation.results import SliceMetrics
from evaluation.verdict import JSON_FILE, Verdict
from pipeline.config import Config

SPLITS = ["train", "eval"]


def save_constant_model(folder: str, *, digit: int, box: Box) -> None:
    """Exports a model that says the same of every picture."""

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


@pytest.fixture
def inputs(tmp_path: Path, make_data: Callable[..., DataOptions]) -> dict[str, list[Any]]:
    kinds = {
        "examples": standard_artifacts.Examples,
        "statistics": standard_artifacts.ExampleStatistics,
        "anomalies": standard_artifacts.ExampleAnomalies,
        "model": standard_artifacts.Model,
        "model_run": standard_artifacts.ModelRun,
        "evaluation": standard_artifacts.ModelEvaluation,
        "pushed_model": standard_artifacts.PushedModel,
    }
    made = {key: kind() for key, kind in kinds.items()}
    for key, artifact in made.items():
        artifact.uri = str(tmp_path / key)
        Path(artifact.uri).mkdir()
    for key in ("examples", "statistics", "anomalies"):
        made[key].split_names = artifact_utils.encode_split_names(SPLITS)
    recipe = Recipe(make_data(channels=3).model_dump_json(), "eval", tuple(SPLITS), 20)
    write_shard(f"{made['examples'].uri}/Split-eval", draw_shard(recipe, 0))
    counted = statistics_pb2.DatasetFeatureStatisticsList()
    counted.datasets.add(num_examples=20)
    for split in SPLITS:
        write(tmp_path / f"statistics/Split-{split}/FeatureStats.pb", counted.SerializeToString())
        nothing = anomalies_pb2.Anomalies().SerializeToString()
        write(tmp_path / f"anomalies/Split-{split}/SchemaDiff.pb", nothing)
    save_constant_model(f"{made['model'].uri}/Format-Serving", digit=7, box=(0.1, 0.2, 0.3, 0.4))
    history = {"parameters": 5, "precision": "float32", "epochs": {"loss": [1.0, 0.5]}}
    write(tmp_path / "model_run/history.json", json.dumps(history).encode())
    judged = Verdict(blessed=True, sentence="Blessed.", champion="version 17", margin=0, checks=[])
    write(tmp_path / "evaluation" / JSON_FILE, judged.model_dump_json().encode())
    made["pushed_model"].set_int_custom_property("pushed", 1)
    made["pushed_model"].set_string_custom_property("pushed_version", "99")
    return {key: [artifact] for key, artifact in made.items()}


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_all_that_a_run_made_is_on_the_page(
    inputs: dict[str, list[Any]],
    tmp_path: Path,
    make_slice: Callable[..., SliceMetrics],
    configure: Callable[..., Config],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Reading an evaluation is tested where it is read.
    monkeypatch.setattr(executor, "read_slices", lambda folder: [make_slice()])
    report = RunReport()
    report.uri = str(tmp_path / "report")
    Path(report.uri).mkdir()
    channels = {key: channel_utils.as_channel(found) for key, found in inputs.items()}
    component = Report(config=configure("model.kind=lab"), **channels)
    component.executor_spec.executor_class().Do(
        inputs, {"report": [report]}, dict(component.exec_properties)
    )
    (page,) = Path(report.uri).iterdir()
    text = page.read_text()
    assert page.name == "report.html"
    assert "digits: lab on uci" in text
    assert "Pushed as version 99. Compared with version 17" in text
    assert "kind: lab" in text
    for anchor in (
        "verdict", "samples", "predictions", "slices", "digits", "boxes", "learning", "network",
        "data", "model-card", "config", "run",
    ):  # fmt: skip
        assert text.count(f'id="{anchor}"') == 1, anchor
        assert f'href="#{anchor}"' in text


def test_the_model_is_asked_of_the_eval_split(inputs: dict[str, list[Any]]) -> None:
    model, pattern = (
        f"{inputs['model'][0].uri}/Format-Serving",
        f"{inputs['examples'][0].uri}/Split-eval/*",
    )
    predictions = predict(model, pattern, at_most=2000)
    assert len(predictions) == 20
    assert len(predict(model, pattern, at_most=3)) == 3
    assert {(p.predicted_digit, p.confidence) for p in predictions} == {(7, 1.0)}
    assert predictions[0].predicted_box == pytest.approx((0.1, 0.2, 0.3, 0.4))
    assert len({p.digit for p in predictions}) > 3
    for p in predictions:
        assert 0 <= p.box[0] < p.box[2] <= 1
        assert 0 <= p.box[1] < p.box[3] <= 1
