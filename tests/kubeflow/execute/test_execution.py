"""Compiled pipelines, executed: both back ends make what the local runner makes."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tensorflow as tf
from google.protobuf import json_format

from evaluation.results import read_metrics
from tests.kubeflow.executed import Story
from tests.pipeline.small_run import SmallRun
from vocabulary.versions import versions

pytestmark = pytest.mark.slow


def records(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("Split-*/data_tfrecord-*.gz")):
        yield from tf.data.TFRecordDataset([str(path)], "GZIP").as_numpy_iterator()


def test_examples_are_those_of_the_local_run_byte_for_byte(
    story: Story, small_run: SmallRun
) -> None:
    (kept,) = small_run.workspace.glob("artifacts/DigitExampleGen/examples/*")
    uri = story.first["digit-example-gen"].uri("examples")
    written = list(records(story.place.path(uri)))
    assert len(written) == 256 + 64
    assert written == list(records(kept))


def test_metrics_are_those_of_the_local_run(story: Story, small_run: SmallRun) -> None:
    metrics = read_metrics(str(story.place.path(story.first["evaluator"].uri("evaluation"))))
    assert metrics == pytest.approx(small_run.summary["metrics"], abs=0.05)


def test_first_run_meets_no_champion_and_is_pushed(story: Story) -> None:
    assert not any(done.cached or done.skipped for done in story.first.values())
    assert story.first["champion"].metadata("champion")["version"] == 0
    assert story.first["evaluator"].metadata("blessing")["blessed"] == 1
    assert len(story.pushed[0]) == 1
    pushed = story.first["pusher"].metadata("pushed_model")
    assert pushed["pushed_version"] == str(story.pushed[0][0])


def test_same_run_again_trains_nothing_and_still_looks_for_the_champion(story: Story) -> None:
    cached = {name for name, done in story.again.items() if done.cached}
    assert {"digit-example-gen", "transform", "trainer"} <= cached
    assert "champion" not in cached
    # What serves is the candidate itself, which is neither compared with nor pushed again.
    (version,) = story.pushed[0]
    assert story.again["champion"].metadata("champion")["version"] == version
    assert story.again["pusher"].metadata("pushed_model")["already_serves_as"] == version
    assert story.pushed[1] == [version]


def test_parameter_changes_the_training_alone_and_the_champion_is_what_serves(
    story: Story,
) -> None:
    cached = {name for name, done in story.longer.items() if done.cached}
    assert {"digit-example-gen", "statistics-gen", "transform"} <= cached
    assert "trainer" not in cached
    history = story.place.path(story.longer["trainer"].uri("model_run")) / "history.json"
    assert len(json.loads(history.read_text())["epochs"]["loss"]) == 2
    champion = story.longer["champion"].metadata("champion")
    assert champion["version"] == story.pushed[1][-1]
    assert "baseline_model_id" in story.longer["evaluator"].metadata("blessing")


def test_candidate_is_compared_with_the_champion(story: Story) -> None:
    import tensorflow_model_analysis as tfma

    evaluation = str(story.place.path(story.longer["evaluator"].uri("evaluation")))
    models = [spec.name for spec in tfma.load_eval_result(evaluation).config.model_specs]
    assert sorted(models) == ["baseline", "candidate"]


@pytest.mark.parametrize("target", [pytest.param("vertex", marks=pytest.mark.proof), "kubeflow"])
def test_tuner_warm_start_and_bulk_inference_run_as_compiled(
    target: str, story_of: Callable[[str], Story], caplog: pytest.LogCaptureFixture
) -> None:
    story = story_of(target)
    caplog.set_level(logging.INFO)
    optional = (
        "splits.validation=32",
        "tuner.enabled=true",
        "tuner.trials=1",
        "training.warm_start=true",
        "bulk_inference=[validation]",
    )
    serves = versions(str(story.place.serving))[-1]
    done = story.place.execution("optional", *optional).run()
    assert done["incumbent"].metadata("champion")["version"] == serves
    assert "started warm from the champion" in caplog.messages
    facts = story.place.path(done["trainer"].uri("model_run")) / "history.json"
    hyperparameters = json.loads(facts.read_text())["hyperparameters"]
    assert set(hyperparameters) == {"learning_rate", "box_weight"}
    folder = story.place.path(done["bulk-inferrer"].uri("output_examples")) / "Split-validation"
    inferred = tf.data.TFRecordDataset([str(path) for path in folder.iterdir()], "GZIP")
    assert len(list(inferred)) == 32


def test_addresses_that_containers_give_back_are_not_those_of_the_container(story: Story) -> None:
    for run in (story.first, story.longer):
        for result in run.values():
            assert str(story.place.folder) not in json_format.MessageToJson(result.output)
