"""Stops a training whose loss is no longer a number."""

import math
from typing import Any

import keras

from trainer.optimizer import current_rate, steps_done
from vocabulary.errors import UserError


class NonFiniteLossError(UserError):
    """The loss became infinite or NaN; says at which step and learning rate."""


class StopOnNonFinite(keras.callbacks.Callback):
    """Raises at the first step whose loss is not finite."""

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Looks at the mean loss of the epoch so far, which one bad step spoils."""
        if not math.isfinite(float((logs or {})["loss"])):
            optimizer = self.model.optimizer
            raise NonFiniteLossError(
                f"the loss is not finite at step {steps_done(optimizer)}, at a learning rate "
                f"of {current_rate(optimizer):.3g}; lower training.learning_rate"
            )
