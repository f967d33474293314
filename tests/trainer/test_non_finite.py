"""A loss that is not a number ends a training, whatever kind of no number it is."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.non_finite import EVERY, StopOnNonFinite
from vocabulary.errors import UserError

BAD = [float("nan"), float("inf"), -float("inf")]


def fit(*targets: float, every: int) -> int:
    """Fits a network of one weight, a target a step; returns how many steps it took."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.25), loss="mse")
    steps: list[int] = []
    count = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(1))
    model.fit(
        np.zeros((len(targets), 1), np.float32),
        np.float32([[target] for target in targets]),
        batch_size=1, shuffle=False, verbose=0,
        callbacks=[StopOnNonFinite(steps_per_epoch=len(targets), every=every), count],
    )  # fmt: skip
    return len(steps)


@pytest.mark.parametrize("every", [1, 2, EVERY])
@pytest.mark.parametrize("target", [*BAD, 1e30])
def test_the_sentence_names_the_first_step_whose_loss_is_not_a_number(
    target: float, every: int
) -> None:
    sentence = (
        r"the loss is not finite at step 2, at a learning rate of about 0\.25; "
        r"lower training\.learning_rate"
    )
    with pytest.raises(UserError, match=sentence):
        fit(1.0, target, 1.0, every=every)


def test_a_loss_that_is_a_number_goes_on_however_large() -> None:
    assert fit(1.0, 1e15, -1e15, every=1) == 3


class OnDevice:
    """A loss that notes when it is read, for which the host waits for the device."""

    def __init__(self, value: float, reads: list[float]):
        self._value, self._reads = value, reads

    def __float__(self) -> float:
        self._reads.append(self._value)
        return self._value


def guard_at(losses: list[float], *, steps_per_epoch: int) -> tuple[StopOnNonFinite, list[float]]:
    """A guard that has seen the losses of the first steps, and those that it has read."""
    reads: list[float] = []
    guard = StopOnNonFinite(steps_per_epoch=steps_per_epoch)
    optimizer = SimpleNamespace(iterations=tf.Variable(0), learning_rate=tf.constant(0.5))
    guard.set_model(SimpleNamespace(optimizer=optimizer))
    guard.on_epoch_begin(0)
    for step, loss in enumerate(losses):
        guard.on_train_batch_end(step, {"loss": OnDevice(loss, reads)})
    return guard, reads


def test_the_loss_is_read_every_few_steps_and_at_the_end_of_an_epoch() -> None:
    losses = [float(step) for step in range(2 * EVERY + 3)]
    _, reads = guard_at(losses, steps_per_epoch=len(losses))
    assert reads == [EVERY - 1, 2 * EVERY - 1, len(losses) - 1]


@pytest.mark.parametrize("loss", BAD)
def test_a_bad_loss_is_found_before_a_checkpoint_is_written(loss: float) -> None:
    guard, reads = guard_at([1.0, loss, loss], steps_per_epoch=100)
    assert reads == []
    with pytest.raises(UserError, match=r"at step 2, at a learning rate of about 0\.5"):
        guard.check()
