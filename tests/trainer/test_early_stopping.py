"""Early stopping: when it is time, and which weights are the best."""

from pathlib import Path

import keras
import numpy as np
import pytest

from trainer.early_stopping import EarlyStopping
from trainer.history import History


@pytest.fixture
def model() -> keras.Model:
    return keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])


def watch(
    model: keras.Model, history: History, folder: Path, losses: list[float], *, patience: int | None
) -> EarlyStopping:
    """Runs epochs that end with these losses, each with its number as its weight."""
    stopping = EarlyStopping(history, str(folder), patience=patience)
    stopping.set_model(model)
    for loss in losses:
        model.set_weights([np.full((1, 1), len(history.rows), np.float32)])
        history.rows.append({"val_loss": loss})
        stopping.on_epoch_end(len(history.rows) - 1)
        if model.stop_training:
            break
    return stopping


def test_it_stops_when_the_best_is_long_ago_and_takes_its_weights(
    model: keras.Model, tmp_path: Path
) -> None:
    history = History()
    stopping = watch(model, history, tmp_path, [3, 1, 2, 0.5, 0.7, 0.6, 0.1], patience=2)
    assert len(history.rows) == 6
    stopping.restore(model)
    assert model.get_weights()[0] == 3


def test_it_never_stops_while_it_gets_better(model: keras.Model, tmp_path: Path) -> None:
    history = History()
    stopping = watch(model, history, tmp_path, [3, 2, 1], patience=1)
    assert not stopping.is_over()
    stopping.restore(model)
    assert model.get_weights()[0] == 2


def test_without_patience_it_keeps_nothing(model: keras.Model, tmp_path: Path) -> None:
    stopping = watch(model, History(), tmp_path, [1, 2, 3, 4], patience=None)
    assert not stopping.is_over()
    stopping.restore(model)
    assert model.get_weights()[0] == 3
    assert list(tmp_path.iterdir()) == []


def test_it_counts_on_after_a_kill(model: keras.Model, tmp_path: Path) -> None:
    before, after = History(), History()
    watch(model, before, tmp_path, [2, 1, 3], patience=2)
    after.deserialize(before.serialize())
    stopping = watch(model, after, tmp_path, [4, 0.1], patience=2)
    assert len(after.rows) == 4
    assert stopping.is_over()
    stopping.restore(model)
    assert model.get_weights()[0] == 1


def test_a_loss_that_is_not_a_number_is_never_the_best(model: keras.Model, tmp_path: Path) -> None:
    history = History()
    stopping = watch(model, history, tmp_path, [float("nan"), 2, 3], patience=2)
    assert not stopping.is_over()
    stopping.restore(model)
    assert model.get_weights()[0] == 1


def test_a_save_that_is_broken_off_leaves_the_best_before(
    model: keras.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(path: str) -> None:
        Path(path).write_bytes(b"half")
        raise OSError("no space left on device")

    history = History()
    watch(model, history, tmp_path, [2, 1], patience=2)
    monkeypatch.setattr(model, "save_weights", half)
    with pytest.raises(OSError, match="no space"):
        watch(model, history, tmp_path, [0.5], patience=2)
    EarlyStopping(history, str(tmp_path), patience=2).restore(model)
    assert model.get_weights()[0] == 1
