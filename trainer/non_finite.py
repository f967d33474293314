"""Stops a training whose loss is no longer a number."""

import math
from typing import Any, Final

from trainer.optimizer import current_rate
from trainer.step_callback import StepCallback
from vocabulary.errors import UserError
from vocabulary.task.training import LOSS

EVERY: Final = 16
"""Steps between two looks at the loss: each makes the host wait for the device."""


class StopOnNonFinite(StepCallback):
    """Raises soon after the first step whose loss is not finite, and before the epoch ends.

    A bad step spoils Keras' mean of the epoch for all later ones: one look finds what came before.
    The losses themselves are kept meanwhile, so that the sentence names the step.
    """

    def __init__(self, *, steps_per_epoch: int, every: int = EVERY):
        super().__init__()
        self._steps_per_epoch, self._every = steps_per_epoch, every
        self._unread: dict[int, Any] = {}

    def on_step_end(self, step: int, logs: dict[str, Any]) -> None:
        """Looks at the loss, if it is time."""
        self._unread[step] = logs[LOSS]
        if step % self._every == 0 or step % self._steps_per_epoch == 0:
            self.check()

    def check(self) -> None:
        """Raises UserError if the loss of any step so far is not finite."""
        losses, self._unread = self._unread, {}
        if not losses or math.isfinite(float(losses[max(losses)])):
            return
        step = next(step for step, loss in losses.items() if not math.isfinite(float(loss)))
        # The rate as it is now, which a schedule has moved on by a few steps.
        raise UserError(
            f"the loss is not finite at step {step}, at a learning rate of about "
            f"{current_rate(self.model.optimizer):.3g}; lower training.learning_rate"
        )
