"""The record of steps: the means of every few, out of Keras' means since the epoch began."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from trainer.step_record import POINTS, RecordSteps, StepRecord

LOSSES = np.random.default_rng(0).uniform(0.5, 3.0, 20)
PER_EPOCH = 10


class Unread:
    """A number on the device: notes when it is read."""

    def __init__(self, value: float, read: list[float]):
        self._value, self._read = value, read

    def __float__(self) -> float:
        self._read.append(self._value)
        return self._value


def recorder(record: StepRecord, monkeypatch: pytest.MonkeyPatch, *, every: int) -> RecordSteps:
    """One that makes a point every so many steps of two epochs."""
    monkeypatch.setattr("trainer.step_record.POINTS", 2 * -(-PER_EPOCH // every))
    callback = RecordSteps(record, epochs=2, steps_per_epoch=PER_EPOCH)
    optimizer = SimpleNamespace(iterations=tf.Variable(0))
    callback.set_model(SimpleNamespace(optimizer=optimizer))
    return callback


def run(
    callback: RecordSteps,
    start: int,
    stop: int,
    *,
    stride: int = 1,
    read: list[float] | None = None,
) -> None:
    """Runs steps as Keras does: means since the fit or the epoch began, given every `stride`."""
    begun = start
    for step in range(start, stop):
        if step == start or step % PER_EPOCH == 0:
            begun = step
            callback.model.optimizer.iterations.assign(step)
            callback.on_epoch_begin(step // PER_EPOCH)
        if (step + 1) % stride == 0:
            mean = float(LOSSES[begun : step + 1].mean())
            callback.on_train_batch_end(
                step - begun, {"loss": Unread(mean, [] if read is None else read)}
            )


def means(*stops: int) -> list[float]:
    starts = (0, *stops[:-1])
    return [LOSSES[start:stop].mean() for start, stop in zip(starts, stops, strict=True)]


def test_a_point_is_the_mean_of_the_steps_since_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = StepRecord()
    run(recorder(record, monkeypatch, every=4), 0, 20)
    columns = record.columns()
    assert columns["step"] == [4, 8, 10, 14, 18, 20]  # an epoch ends with one, though it is short
    np.testing.assert_allclose(columns["loss"], means(4, 8, 10, 14, 18, 20))


def test_what_is_killed_between_points_goes_on_as_if_it_had_not_been(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, before, after = StepRecord(), StepRecord(), StepRecord()
    run(recorder(whole, monkeypatch, every=4), 0, 20)
    run(recorder(before, monkeypatch, every=4), 0, 16)
    kept = json.dumps(before.get_state())
    run(recorder(before, monkeypatch, every=4), 16, 18)  # lost: no checkpoint has it
    after.set_state(json.loads(kept))
    run(recorder(after, monkeypatch, every=4), 16, 20)
    assert after.columns()["step"] == whole.columns()["step"]
    np.testing.assert_allclose(after.columns()["loss"], whole.columns()["loss"])


@pytest.mark.parametrize(
    ("stride", "points"),
    [(2, [4, 8, 10, 14, 18, 20]), (5, [5, 10, 15, 20]), (10, [10, 20])],
)
def test_steps_that_are_given_together_are_recorded_too(
    monkeypatch: pytest.MonkeyPatch, stride: int, points: list[int]
) -> None:
    record = StepRecord()
    run(recorder(record, monkeypatch, every=4), 0, 20, stride=stride)
    assert record.columns()["step"] == points
    np.testing.assert_allclose(record.columns()["loss"], means(*points))


def test_numbers_are_read_for_points_and_checkpoints_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record, read = StepRecord(), list[float]()
    callback = recorder(record, monkeypatch, every=5)
    run(callback, 0, 3, read=read)
    assert read == []
    record.get_state()
    record.get_state()
    assert len(read) == 1
    run(callback, 3, 10, read=read)
    assert len(read) == 3


@pytest.mark.parametrize("epochs", [1, 3, 150, 5000])
@pytest.mark.parametrize("steps", [1, 7, 312, 4000])
def test_the_record_is_small_however_long_training_is(epochs: int, steps: int) -> None:
    callback = RecordSteps(StepRecord(), epochs=epochs, steps_per_epoch=steps)
    per_epoch = -(-steps // callback._every)
    assert 1 <= per_epoch * epochs <= max(epochs, POINTS)
    assert per_epoch * epochs >= min(steps * epochs, POINTS) / 2


def test_nothing_is_recorded_of_no_steps() -> None:
    assert StepRecord().columns() == {}
