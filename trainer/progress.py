"""Training progress, as log records that a terminal can draw a bar from.

The trainer knows no terminal: it may run in a container, where the same records are plain lines.
"""

import logging
import time
from dataclasses import dataclass
from typing import Any, Final

import keras

from trainer.optimizer import steps_done

LOGGER: Final = "trainer.progress"
_EVERY_S = 0.25


@dataclass(frozen=True)
class Progress:
    """Where training stands: steps are counted over all epochs, metrics over this epoch."""

    step: int
    steps: int
    epoch: int
    epochs: int
    loss: float
    accuracy: float
    iou: float

    def __str__(self) -> str:
        return (
            f"epoch {self.epoch}/{self.epochs} step {self.step}/{self.steps} loss {self.loss:.4f} "
            f"accuracy {self.accuracy:.4f} IoU {self.iou:.4f}"
        )


class ReportProgress(keras.callbacks.Callback):
    """Logs a `Progress` a few times a second and at the end of each epoch."""

    def __init__(self, *, epochs: int, steps_per_epoch: int):
        super().__init__()
        self._epochs, self._steps_per_epoch = epochs, steps_per_epoch
        self._epoch = self._before = 0
        self._last = 0.0
        self._logger = logging.getLogger(LOGGER)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Notes where it begins, which is in its middle after a kill."""
        self._epoch, self._before = epoch, steps_done(self.model.optimizer)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Logs where training stands, if it is time."""
        now, step = time.monotonic(), self._before + batch + 1
        if now - self._last >= _EVERY_S or step % self._steps_per_epoch == 0:
            self._last = now
            self._report(step, logs or {})

    def _report(self, step: int, logs: dict[str, Any]) -> None:
        progress = Progress(
            step=step,
            steps=self._epochs * self._steps_per_epoch,
            epoch=self._epoch + 1,
            epochs=self._epochs,
            loss=float(logs.get("loss", float("nan"))),
            accuracy=float(logs.get("logits_accuracy", float("nan"))),
            iou=float(logs.get("box_iou", float("nan"))),
        )
        self._logger.info("%s", progress, extra={"progress": progress})
