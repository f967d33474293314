"""A training that is struck down when nothing is left to train: the next one exports it."""

import dataclasses
import logging
import signal
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import tasks.localization.layers  # noqa: F401  (registers them)
from tests.trainer.training_process import EXPORT, Job, Training, train
from trainer import run

pytestmark = pytest.mark.slow

EARLY = (
    "training.epochs=12",
    "training.patience=1",
    "training.schedule=constant",
    "training.learning_rate=0.02",
)
"""Stops after a few epochs, the best of which is not the last."""
OPTIONS = {
    "plain": (),
    "edge": ("model.kind=edge",),
    "patience that was not used up": ("training.patience=5",),
    "patience that was used up": EARLY,
    "one epoch in bfloat16 on one device": (
        "training.epochs=1",
        "training.precision=bfloat16",
        "training.strategy=one_device",
    ),
}


def weights(job: Job) -> list[np.ndarray]:
    return keras.models.load_model(job.network, compile=False).get_weights()


def assert_same(job: Job, other: Job) -> None:
    """The same weights and history, but for how long it took."""
    for mine, theirs in zip(weights(job), weights(other), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    one, two = job.history(), other.history()
    for name in ("seconds", "images_per_second"):
        assert len(one["epochs"].pop(name)) == len(two["epochs"].pop(name))
    assert one == two


def train_but_for_the_end(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trains and exports, and is broken off before the checkpoints are removed."""
    with monkeypatch.context() as context:
        context.setattr(run, "remove_checkpoints", lambda folder: None)
        train(job)
    assert list(job.checkpoints.glob("*/ckpt-*"))


@pytest.mark.parametrize("settings", OPTIONS.values(), ids=OPTIONS)
def test_what_was_trained_is_exported_again(
    new_job: Callable[..., Job],
    tmp_path: Path,
    settings: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    job = new_job("model.kind=lab", *settings, root=tmp_path)
    train_but_for_the_end(job, monkeypatch)
    again = dataclasses.replace(job, name="again")
    with caplog.at_level(logging.INFO):
        train(again)
    assert "goes on from the checkpoint of step" in caplog.text
    assert_same(again, job)
    assert list(job.checkpoints.iterdir()) == []
    logged = EventAccumulator(str(again.history_file.parent)).Reload().Tensors("val_loss")
    assert [event.step for event in logged] == epochs_of(job)


def epochs_of(job: Job) -> list[int]:
    return list(range(1, 1 + len(job.history()["epochs"]["val_loss"])))


@pytest.mark.parametrize("plain", ["lab"], indirect=True)
def test_what_started_warm_and_with_hyperparameters_does_not_start_again(
    plain: Job, new_job: Callable[..., Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = new_job(
        "model.kind=lab",
        "training.warm_start=true",
        "training.patience=1",
        root=tmp_path,
        champion=str(plain.model),
        hyperparameters={"values": {"learning_rate": 2e-4, "box_weight": 3.0}},
    )
    train_but_for_the_end(job, monkeypatch)
    again = dataclasses.replace(job, name="again")
    train(again)
    assert_same(again, job)


def test_an_export_that_failed_is_made_up_for(new_job: Callable[..., Job], tmp_path: Path) -> None:
    settings = ("model.kind=lab", *EARLY)
    job = new_job(*settings, root=tmp_path)
    job.model.parent.mkdir(parents=True)
    job.model.write_text("in the way")
    with pytest.raises(tf.errors.OpError):
        train(job)
    before = job.history()
    job.model.unlink()
    train(job)
    assert job.history() == before  # not an epoch more
    assert_same(job, train(new_job(*settings)))


def test_a_process_that_is_killed_before_the_export_is_gone_on_with(
    new_job: Callable[..., Job], tmp_path: Path
) -> None:
    job = new_job("model.kind=lab", *EARLY, root=tmp_path)
    Training(job, kill_at=EXPORT, log=tmp_path / "log").wait(expected=-signal.SIGKILL)
    assert job.history_file.exists()
    assert not job.model.exists()
    before = job.history()
    train(job)
    assert job.history() == before
    assert job.model.exists()


def test_a_removal_of_checkpoints_that_was_broken_off_does_not_stop_the_next_training(
    new_job: Callable[..., Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = new_job("model.kind=lab", "training.patience=1", root=tmp_path)
    with monkeypatch.context() as context:
        context.setattr(tf.io.gfile, "rmtree", remove_half)
        train(job)
    assert list(job.checkpoints.glob("*/ckpt-*"))
    again = dataclasses.replace(job, name="again")
    train(again)
    assert_same(again, job)
    assert list(job.checkpoints.iterdir()) == []


def remove_half(folder: str) -> None:
    for path in Path(folder).glob("*.index"):
        path.unlink()
