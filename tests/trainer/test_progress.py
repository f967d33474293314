"""Progress: where training stands, in the log, a few times a second."""

import logging
from types import SimpleNamespace

import pytest
import tensorflow as tf

from trainer import progress as module
from trainer.progress import LOGGER, Progress, ReportProgress
from vocabulary.task.training import WatchedMetric

METRICS = (
    WatchedMetric("logits_accuracy", "accuracy of digits", "accuracy", better="higher"),
    WatchedMetric("box_iou", "mean IoU of boxes", "IoU", better="higher"),
)
LOGS = {"loss": 0.5, "logits_accuracy": 0.25, "box_iou": 0.125}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Time that passes when told."""
    time = SimpleNamespace(now=100.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: time.now))
    return time


def reports(
    caplog: pytest.LogCaptureFixture, clock: SimpleNamespace, *, start: int, step_s: float
) -> list[Progress]:
    """What is told of the rest of two epochs of 6 steps, as Keras runs them."""
    callback = ReportProgress(METRICS, epochs=2, steps_per_epoch=6)
    iterations = tf.Variable(start)
    callback.set_model(SimpleNamespace(optimizer=SimpleNamespace(iterations=iterations)))
    with caplog.at_level(logging.INFO, LOGGER):
        for step in range(start, 12):
            if step in (start, 6):
                begun = step
                callback.on_epoch_begin(step // 6)
            clock.now += step_s
            iterations.assign(step + 1)
            callback.on_train_batch_end(step - begun, LOGS)
    return [record.progress for record in caplog.records if record.name == LOGGER]


def test_slow_steps_are_all_told(caplog: pytest.LogCaptureFixture, clock: SimpleNamespace) -> None:
    told = reports(caplog, clock, start=0, step_s=1.0)
    assert [one.step for one in told] == list(range(1, 13))
    assert [one.epoch for one in told] == [1] * 6 + [2] * 6
    assert str(told[0]) == "epoch 1/2 step 1/12 loss 0.5000 accuracy 0.2500 IoU 0.1250"


def test_of_quick_steps_some_are_told_and_the_last_of_each_epoch(
    caplog: pytest.LogCaptureFixture, clock: SimpleNamespace
) -> None:
    told = reports(caplog, clock, start=0, step_s=0.1)
    assert [one.step for one in told] == [1, 4, 6, 9, 12]


def test_after_a_kill_in_the_middle_of_an_epoch_steps_are_counted_on(
    caplog: pytest.LogCaptureFixture, clock: SimpleNamespace
) -> None:
    told = reports(caplog, clock, start=4, step_s=0.01)
    assert [(one.epoch, one.step) for one in told] == [(1, 5), (1, 6), (2, 12)]
