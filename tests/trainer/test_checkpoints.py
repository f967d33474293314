"""Checkpoints: a training that is struck down goes on, and ends as if nothing had happened."""

import json
import logging
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

import tasks.localization.layers  # noqa: F401  (registers them)
from tests.trainer.training_process import Job, Training, train
from trainer.checkpoints import KEPT, checkpoint_folder
from vocabulary.errors import UserError

pytestmark = pytest.mark.slow

STRUCK_AT = 9  # of 12 steps: in the middle of the second epoch
LAST_SAVED = 8  # one every four steps, and one at the end of each epoch of six


@pytest.fixture(scope="module")
def struck(
    plain: Job, new_job: Callable[..., Job], tmp_path_factory: pytest.TempPathFactory
) -> Job:
    """A training like `plain`, killed in mid-epoch."""
    root = tmp_path_factory.mktemp("struck")
    job = new_job(f"model.kind={kind_of(plain)}", root=root)
    Training(job, kill_at=STRUCK_AT, log=root / "log").wait(expected=-signal.SIGKILL)
    return job


def kind_of(job: Job) -> str:
    return json.loads(job.options)["model"]["kind"]


def copied(job: Job, to: Path) -> Job:
    """The same training, as it lies there, in another place."""
    shutil.copytree(job.root, to, dirs_exist_ok=True)
    for state in to.glob("checkpoints/*/checkpoint"):
        state.write_text(state.read_text().replace(job.root, str(to)))
    return Job(job.examples, job.transform, job.options, root=str(to), name=job.name)


def weights(job: Job) -> list[np.ndarray]:
    return keras.models.load_model(job.network, compile=False).get_weights()


def saved(job: Job) -> list[str]:
    return sorted(path.stem for path in job.checkpoints.glob("*/*.index"))


def assert_ends_like(job: Job, plain: Job) -> None:
    mine, theirs = (j.history()["epochs"] for j in (job, plain))
    for name in ("val_loss", "val_box_iou", "learning_rate"):
        np.testing.assert_allclose(mine[name], theirs[name], rtol=1e-4, atol=1e-6)
    # Sums depend on how threads share them: a digit between two may be read as either.
    name = "val_logits_accuracy"
    np.testing.assert_allclose(
        mine[name], theirs[name], atol=2.5 / json.loads(job.options)["validation_size"]
    )
    assert_recorded_alike(job, plain)
    for one, other in zip(weights(job), weights(plain), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5, rtol=1e-4)


def assert_recorded_alike(job: Job, plain: Job) -> None:
    """The curves have no seam where training was broken off."""
    mine, theirs = (j.history()["steps"] for j in (job, plain))
    assert mine["step"] == theirs["step"] == list(range(1, 13))
    np.testing.assert_allclose(mine["loss"], theirs["loss"], rtol=1e-4)


def test_old_checkpoints_are_pruned(struck: Job) -> None:
    assert saved(struck) == [f"ckpt-{step}" for step in (6, LAST_SAVED)]
    assert len(saved(struck)) == KEPT
    assert not struck.model.exists()
    assert not struck.history_file.exists()


def test_a_killed_training_goes_on_and_ends_as_if_it_had_not_been(
    struck: Job, plain: Job, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    job = copied(struck, tmp_path)
    with caplog.at_level(logging.INFO):
        train(job)
    assert f"from the checkpoint of step {LAST_SAVED}" in caplog.text
    assert_ends_like(job, plain)
    assert list(job.checkpoints.iterdir()) == []


@pytest.mark.parametrize("plain", ["lab"], indirect=True)
def test_where_the_newest_checkpoint_is_broken_the_one_before_is_taken(
    struck: Job, plain: Job, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    job = copied(struck, tmp_path)
    (newest,) = job.checkpoints.glob(f"*/ckpt-{LAST_SAVED}.data*")
    newest.write_bytes(newest.read_bytes()[:1000])
    with caplog.at_level(logging.INFO):
        train(job)
    assert "from the checkpoint of step 6" in caplog.text
    assert_ends_like(job, plain)


@pytest.mark.parametrize("plain", ["lab"], indirect=True)
def test_where_all_checkpoints_are_broken_it_is_a_sentence(struck: Job, tmp_path: Path) -> None:
    job = copied(struck, tmp_path)
    for path in job.checkpoints.glob("*/ckpt-*.data*"):
        path.write_bytes(b"")
    with pytest.raises(UserError, match=r"none of the 2 checkpoints in .* remove the folder"):
        train(job)


def test_a_folder_belongs_to_one_training() -> None:
    assert checkpoint_folder("/c", 1, "a") == checkpoint_folder("/c", 1, "a")
    assert checkpoint_folder("/c", 1, "a") != checkpoint_folder("/c", 1, "b")
    assert checkpoint_folder("/c", 1).startswith("/c/")


def test_a_training_finds_its_folder_again_where_its_workspace_was_moved_to() -> None:
    def folder(workspace: str, name: str = "train") -> str:
        inputs = [f"{workspace}/artifacts/Examples/1/Split-{name}/*", f"{workspace}/artifacts/T/2"]
        found = checkpoint_folder(f"{workspace}/checkpoints", 1, inputs=inputs)
        return found.removeprefix(workspace)

    assert folder("/here") == folder("/else/where") == folder("gs://bucket/root")
    assert folder("/here") != folder("/here", "other")
