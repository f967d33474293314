"""TensorBoard's logs, read back with TensorBoard's own reader."""

import importlib.util
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

from trainer.history import History
from trainer.tensorboard_log import log_to_tensorboard


def read_back(folder: Path) -> dict[str, list[tuple[int, float]]]:
    events = EventAccumulator(str(folder)).Reload()
    names = events.Tags()["tensors"]
    return {
        name: [(e.step, float(make_ndarray(e.tensor_proto))) for e in events.Tensors(name)]
        for name in names
    }


def test_each_epoch_is_written_once_and_those_before_a_kill_too(tmp_path: Path) -> None:
    history = History()
    history.rows[:] = [{"loss": 3.0, "val_loss": 4.0}, {"loss": 2.0, "val_loss": 3.5}]
    (callback,) = log_to_tensorboard(history, str(tmp_path))
    callback.on_epoch_end(1)
    assert read_back(tmp_path) == {"loss": [(1, 3.0), (2, 2.0)], "val_loss": [(1, 4.0), (2, 3.5)]}
    history.rows.append({"loss": 1.0, "val_loss": 3.25})
    callback.on_epoch_end(2)
    assert read_back(tmp_path)["loss"] == [(1, 3.0), (2, 2.0), (3, 1.0)]


def test_nothing_is_written_without_tensorboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert log_to_tensorboard(History(), str(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []
