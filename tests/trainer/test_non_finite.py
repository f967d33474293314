"""A loss that is not a number ends a training, whatever kind of no number it is."""

import keras
import numpy as np
import pytest

from trainer.non_finite import NonFiniteLossError, StopOnNonFinite


def fit(*targets: float) -> list[float]:
    """Fits a network of one weight, a target a step; gives the steps' losses."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.25), loss="mse")
    told: list[float] = []
    note = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: told.append(float(logs["loss"]))
    )
    model.fit(
        np.zeros((len(targets), 1), np.float32),
        np.float32([[target] for target in targets]),
        batch_size=1, shuffle=False, verbose=0, callbacks=[StopOnNonFinite(), note],
    )  # fmt: skip
    return told


@pytest.mark.parametrize("target", [float("nan"), float("inf"), -float("inf"), 1e30])
def test_it_stops_in_the_first_step_whose_loss_is_not_a_number(target: float) -> None:
    sentence = (
        r"the loss is not finite at step 2, at a learning rate of 0\.25; "
        r"lower training\.learning_rate"
    )
    with pytest.raises(NonFiniteLossError, match=sentence):
        fit(1.0, target, 1.0)


def test_a_loss_that_is_a_number_goes_on_however_large() -> None:
    assert len(fit(1.0, 1e15, -1e15)) == 3
