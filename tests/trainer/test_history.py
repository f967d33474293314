"""The history: a row an epoch, which a checkpoint carries over a kill."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import tensorflow as tf

from trainer import history as module
from trainer.history import History, KeepHistory


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Time that passes when told."""
    time = SimpleNamespace(now=100.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: time.now))
    return time


def epoch(keeper: KeepHistory, clock: SimpleNamespace, *, steps: int, number: int = 0) -> None:
    """The first step takes 5 s, each other 0.5 s, and the validation 1 s."""
    keeper.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=tf.constant(0.25))))
    keeper.on_epoch_begin(number)
    for step in range(steps):
        clock.now += 0.5 if step else 5.0
        keeper.on_train_batch_end(step)
    clock.now += 1.0
    keeper.on_epoch_end(number, {"loss": 2, "val_loss": 3})


def test_a_row_has_losses_learning_rate_and_speed(clock: SimpleNamespace) -> None:
    history = History()
    epoch(KeepHistory(history, batch_size=10), clock, steps=5)
    assert history.rows == [
        {
            "loss": 2.0,
            "val_loss": 3.0,
            "learning_rate": 0.25,
            "seconds": 8.0,
            "images_per_second": 20.0,  # without the first step, in which the network is compiled
        }
    ]


def test_the_speed_of_a_single_step_is_not_known(clock: SimpleNamespace) -> None:
    history = History()
    epoch(KeepHistory(history, batch_size=10), clock, steps=1)
    assert history.rows[0]["images_per_second"] == 0.0


def test_columns_have_a_value_for_each_epoch(clock: SimpleNamespace) -> None:
    history = History()
    assert history.columns() == {}
    keeper = KeepHistory(history, batch_size=10)
    for number in range(2):
        epoch(keeper, clock, steps=3, number=number)
    assert history.columns()["loss"] == [2.0, 2.0]
    assert set(map(len, history.columns().values())) == {2}


def test_a_checkpoint_carries_it(tmp_path: Path, clock: SimpleNamespace) -> None:
    history, restored = History(), History()
    epoch(KeepHistory(history, batch_size=10), clock, steps=3)
    history.steps.note({"loss": tf.constant(2.0)}, 3)
    history.steps.add_point(3)
    path = tf.train.Checkpoint(history=history).save(str(tmp_path / "c"))
    tf.train.Checkpoint(history=restored).restore(path).assert_consumed()
    assert restored.rows == history.rows
    assert restored.steps.points == history.steps.points == [{"step": 3, "loss": 2.0}]
