"""Runs whose training is out of the ordinary: not finite, tuned, warm."""

import json
from pathlib import Path

import pytest
import tensorflow as tf

from tests.pipeline.digits_process import digits, half_written, settings
from vocabulary import features

pytestmark = pytest.mark.slow


def test_a_loss_that_is_not_finite_is_one_sentence(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    over = settings("task.box_weight=3.0e+38", "task.box_loss=giou_l1")
    ended = digits("run", *over, workspace=workspace)
    sentence, where = ended.stderr.splitlines()[-2:]
    assert ended.code == 1
    assert sentence.startswith(
        "digits: Trainer failed: the loss is not finite at step 1, at a learning rate of about "
    )
    assert sentence.endswith("; lower training.learning_rate")
    assert where.startswith("The log is ")
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
    assert half_written(workspace) == []


def test_a_tuned_run_and_a_warm_one_after_it(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    tuned = ["tuner.enabled=true", "tuner.trials=2", "splits.validation=64"]
    tuned += ["bulk_inference=[validation]"]
    first = digits("run", "--json", *settings(*tuned), workspace=workspace)
    assert first.code == 0, first.stderr
    version = json.loads(first.stdout)["pushed_version"]
    lines = {line.split()[1]: line for line in first.stderr.splitlines()}
    assert "2 trials; best: learning_rate" in lines["Tuner"]
    assert "predictions for validation" in lines["BulkInferrer"]
    assert_read_as_served(workspace, version)
    over = settings("training.warm_start=true", "splits.validation=64")
    named = ("--name", "ruled paper only", "--tag", "paper")
    warm = digits("run", *named, *over, workspace=workspace)
    assert warm.code == 0, warm.stderr
    listed = digits("runs", "--tag", "paper", "--sort", "accuracy", "--csv", workspace=workspace)
    assert len(listed.stdout.splitlines()) == 2
    assert "ruled paper only" in listed.stdout
    lines = {line.split()[1]: line for line in warm.stderr.splitlines()}
    assert "version " in lines["Incumbent"]
    log = max(workspace.glob("runs/*/run.log")).read_text()
    assert "started warm from the champion" in log
    other = digits("run", *over, "--set", "model.kind=edge", workspace=workspace)
    assert other.code == 1
    assert "the champion is lab with 426,638 parameters" in other.stderr
    assert "Traceback" not in other.stderr


def assert_read_as_served(workspace: Path, version: int) -> None:
    """What BulkInferrer kept is what the pushed version reads in the same pictures."""
    [folder] = workspace.glob("artifacts/BulkInferrer/output_examples/*/Split-validation")
    records = tf.data.TFRecordDataset([str(path) for path in folder.iterdir()], "GZIP")
    parsed = map(tf.train.Example.FromString, records.as_numpy_iterator())
    examples = [example.features.feature for example in parsed]
    assert len(examples) == 64
    pictures = [example[features.IMAGE].bytes_list.value[0] for example in examples]
    version_folder = workspace / "serving" / "digits" / str(version)
    answer = tf.saved_model.load(str(version_folder)).signatures["serving_default"]
    answers = answer(tf.constant(pictures))
    for row, example in enumerate(examples):
        digit = example[features.prediction("digit")].int64_list.value
        assert list(digit) == [answers["digit"][row]]
        for name in ("probabilities", "box"):
            values = example[features.prediction(name)].float_list.value
            assert list(values) == pytest.approx(answers[name][row].numpy().tolist(), abs=1e-4)
        assert features.ID in example
