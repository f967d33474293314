"""Runs whose training is out of the ordinary: not finite, tuned, warm."""

import json
from pathlib import Path

import pytest
import tensorflow as tf

from serving.local_model import open_model
from tests.pipeline.digits_process import half_written, settings, start_digits
from vocabulary import features

pytestmark = pytest.mark.slow


def test_a_loss_that_is_not_finite_is_one_sentence(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    ended = start_digits(
        "run",
        "--workspace",
        str(workspace),
        *settings("task.box_weight=3.0e+38", "task.box_loss=giou_l1"),
        folder=tmp_path,
    ).wait()
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
    run = ["run", "--json", "--workspace", str(tmp_path / "workspace")]
    tuned = ["tuner.enabled=true", "tuner.trials=2", "splits.validation=64"]
    tuned += ["bulk_inference=[validation]"]
    first = start_digits(*run, *settings(*tuned), folder=tmp_path).wait()
    assert first.code == 0, first.stderr
    version = json.loads(first.stdout)["pushed_version"]
    lines = {line.split()[1]: line for line in first.stderr.splitlines()}
    assert "2 trials; best: learning_rate" in lines["Tuner"]
    assert "predictions for validation" in lines["BulkInferrer"]
    assert_read_as_served(tmp_path / "workspace", version)
    warm = start_digits(
        *run, *settings("training.warm_start=true", "splits.validation=64"), folder=tmp_path
    ).wait()
    assert warm.code == 0, warm.stderr
    lines = {line.split()[1]: line for line in warm.stderr.splitlines()}
    assert "version " in lines["Incumbent"]
    log = max((tmp_path / "workspace").glob("runs/*/run.log")).read_text()
    assert "started warm from the champion" in log
    other = start_digits(
        *run,
        *settings("training.warm_start=true", "splits.validation=64", "model.kind=edge"),
        folder=tmp_path,
    ).wait()
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
    with open_model(workspace / "serving" / "digits" / str(version)) as model:
        for example, answer in zip(examples, model.predict(pictures), strict=True):
            assert list(example[features.prediction("digit")].int64_list.value) == [answer.digit]
            probabilities = example[features.prediction("probabilities")].float_list.value
            assert list(probabilities) == pytest.approx(answer.probabilities, abs=1e-4)
            box = example[features.prediction("box")].float_list.value
            assert list(box) == pytest.approx(answer.box, abs=1e-4)
            assert features.LABEL in example
