"""The history of a training: what each epoch cost and reached, and its losses by step."""

import json
import time
from typing import Any

import keras
import tensorflow as tf

from trainer.optimizer import current_rate
from trainer.step_record import StepRecord, columns


class History(tf.train.experimental.PythonState):
    """A row for each epoch, and the record of steps; it is in checkpoints, and outlives a kill."""

    def __init__(self) -> None:
        self.rows: list[dict[str, float]] = []
        self.steps = StepRecord()

    def serialize(self) -> str:
        """As JSON."""
        return json.dumps({"rows": self.rows, "steps": self.steps.get_state()})

    def deserialize(self, string_value: str) -> None:
        """From JSON."""
        state = json.loads(string_value)
        self.rows[:] = state["rows"]
        self.steps.set_state(state["steps"])

    def columns(self) -> dict[str, list[float]]:
        """One value for each epoch, by name."""
        return columns(self.rows)


class KeepHistory(keras.callbacks.Callback):
    """Adds a row at the end of each epoch.

    Besides losses and metrics a row has `seconds`, with validation; `images_per_second`, without;
    and `learning_rate`, at the last step. In an epoch that was interrupted and resumed, these are
    of its last part.
    """

    def __init__(self, history: History, *, batch_size: int):
        super().__init__()
        self._history, self._batch_size = history, batch_size
        self._began = self._first_step_ended = self._last_step_ended = 0.0
        self._steps = 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts the clock."""
        self._began, self._steps = time.monotonic(), 0

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Notes the time; the first step compiles the network, and is left out of the speed."""
        self._last_step_ended = time.monotonic()
        if not self._steps:
            self._first_step_ended = self._last_step_ended
        self._steps += 1

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Adds the row."""
        took = self._last_step_ended - self._first_step_ended
        images = (self._steps - 1) * self._batch_size
        self._history.rows.append(
            {
                **{name: float(value) for name, value in (logs or {}).items()},
                "learning_rate": current_rate(self.model.optimizer),
                "seconds": time.monotonic() - self._began,
                "images_per_second": images / took if took else 0.0,
            }
        )
