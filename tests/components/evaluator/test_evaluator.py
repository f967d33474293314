"""Evaluator with real models and examples: with a champion, and with an empty one."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_analysis as tfma
from tfx.components.util import examples_utils
from tfx.dsl.components.base import base_beam_executor
from tfx.proto import example_gen_pb2
from tfx.types import artifact_utils, channel_utils, standard_artifacts

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.synthesis import Recipe, draw_examples, draw_shard, write_shard
from components.evaluator.component import Evaluator
from evaluation.options import EvaluationOptions, JudgeOptions
from evaluation.results import read_evaluation, read_metrics
from evaluation.verdict import read_verdict
from pipeline.config.file import read_config
from vocabulary import boxes, features
from vocabulary.model_files import FIGURES
from vocabulary.task.judging import always_shown, metrics_of

PICTURES = 40
TASK = read_config().task
OPTIONS = EvaluationOptions(bars={"mean_iou": 0.5}, margin=0.01, slices=["digit", "size", "place"])

pytestmark = pytest.mark.slow


def save_model(folder: Path, *, narrower: float) -> standard_artifacts.Model:
    """A model that knows the truth and gives a box narrower by that much of the picture."""

    class Oracle(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="examples")])
        def serve(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
            spec = {key: tf.io.FixedLenFeature([], tf.float32) for key in features.BOX}
            spec[features.LABEL] = tf.io.FixedLenFeature([], tf.int64)
            known = tf.io.parse_example(examples, spec)
            box = tf.stack([known[key] for key in features.BOX], axis=-1)
            return {
                "probabilities": tf.one_hot(known[features.LABEL], 10),
                "box": box - tf.constant([0.0, 0.0, narrower, 0.0]),
            }

    oracle = Oracle()
    signatures = {"serving_examples": oracle.serve}
    tf.saved_model.save(oracle, str(folder / "Format-Serving"), signatures=signatures)
    artifact = standard_artifacts.Model()
    artifact.uri = str(folder)
    return artifact


def make_examples(folder: Path, recipe: Recipe) -> standard_artifacts.Examples:
    artifact = standard_artifacts.Examples()
    artifact.uri = str(folder)
    artifact.split_names = artifact_utils.encode_split_names(["train", "eval"])
    examples_utils.set_payload_format(artifact, example_gen_pb2.FORMAT_TF_EXAMPLE)
    examples_utils.set_file_format(artifact, "tfrecords_gzip")
    write_shard(f"{folder}/Split-eval", draw_shard(recipe, 0))
    return artifact


def evaluate(
    folder: Path,
    recipe: Recipe,
    model: standard_artifacts.Model,
    champion: standard_artifacts.Model,
) -> tuple[str, bool]:
    """Runs the component's executor; gives the folder of the evaluation and the verdict."""
    evaluation, blessing = standard_artifacts.ModelEvaluation(), standard_artifacts.ModelBlessing()
    for artifact in (evaluation, blessing):
        artifact.uri = str(folder / artifact.type_name)
        Path(artifact.uri).mkdir(parents=True)
    inputs = {
        "examples": [make_examples(folder / "examples", recipe)],
        "model": [model],
        "champion": [champion],
    }
    component = Evaluator(
        **{key: channel_utils.as_channel(artifacts) for key, artifacts in inputs.items()},
        options=JudgeOptions(task=TASK, evaluation=OPTIONS, canvas=(75, 75)).model_dump_json(),
    )
    context = base_beam_executor.BaseBeamExecutor.Context(
        beam_pipeline_args=["--runner=FnApiRunner", "--sdk_container_image=none"],
        tmp_dir=str(folder / "tmp"),
    )
    component.executor_spec.executor_class(context).Do(
        inputs,
        {"evaluation": [evaluation], "blessing": [blessing]},
        dict(component.exec_properties),
    )
    blessed = (Path(blessing.uri) / "BLESSED").exists()
    assert (Path(blessing.uri) / "NOT_BLESSED").exists() is not blessed
    assert blessing.get_int_custom_property("blessed") == int(blessed)
    assert tfma.load_validation_result(evaluation.uri).validation_ok is blessed
    return evaluation.uri, blessed


@pytest.fixture
def recipe(make_data: Callable[..., DataOptions]) -> Recipe:
    return Recipe(make_data().model_dump_json(), "eval", ("train", "eval"), PICTURES)


def expected_iou(recipe: Recipe, narrower: float) -> float:
    examples = [tf.train.Example.FromString(e) for e in draw_examples(recipe, 0, PICTURES)]
    true = np.array(
        [[e.features.feature[k].float_list.value[0] for k in features.BOX] for e in examples]
    )
    return float(boxes.iou(true, true - [0, 0, narrower, 0]).mean())


def test_an_empty_champion_is_left_out_and_the_bars_alone_decide(
    tmp_path: Path, recipe: Recipe
) -> None:
    model = save_model(tmp_path / "model", narrower=0.05)
    empty = standard_artifacts.Model()
    empty.uri = str(tmp_path / "empty")
    Path(empty.uri).mkdir()
    evaluation, blessed = evaluate(tmp_path, recipe, model, empty)
    assert blessed
    assert read_verdict(evaluation).reasons == []
    assert read_evaluation(evaluation).models == ["candidate"]
    metrics = read_metrics(evaluation)
    figures = json.loads((tmp_path / "ModelBlessing" / FIGURES).read_text())
    shown = [metrics[metric.name] for metric in always_shown(metrics_of(TASK.kind))]
    assert [*figures.values()] == pytest.approx(shown)
    assert metrics["accuracy"] == 1.0
    assert metrics["mean_iou"] == pytest.approx(expected_iou(recipe, 0.05), abs=1e-6)


def test_a_champion_that_is_the_candidate_itself_is_not_compared_with(
    tmp_path: Path, recipe: Recipe
) -> None:
    model = save_model(tmp_path / "model", narrower=0.05)
    champion = standard_artifacts.Model()
    champion.uri = str(shutil.copytree(model.uri, tmp_path / "champion"))
    champion.set_int_custom_property("version", 7)
    evaluation, blessed = evaluate(tmp_path, recipe, model, champion)
    assert blessed
    verdict = read_verdict(evaluation)
    assert verdict.sentence.endswith("; it is the same model as version 7, which serves.")
    assert (verdict.champion, verdict.same_as) == (None, "version 7")
    assert read_evaluation(evaluation).models == ["candidate"]


def test_a_candidate_worse_than_the_champion_is_not_blessed_though_over_the_bar(
    tmp_path: Path, recipe: Recipe
) -> None:
    model = save_model(tmp_path / "model", narrower=0.05)
    champion = save_model(tmp_path / "champion", narrower=0.0)
    evaluation, blessed = evaluate(tmp_path, recipe, model, champion)
    assert not blessed
    expected = expected_iou(recipe, 0.05)
    (reason,) = read_verdict(evaluation).reasons
    lower = f"mean_iou is lower than the champion's by {1 - expected:.4f} (95% CI "
    assert reason.startswith(lower)
    # The metrics are the candidate's, not the champion's.
    assert read_metrics(evaluation)["mean_iou"] == pytest.approx(expected, abs=1e-6)
