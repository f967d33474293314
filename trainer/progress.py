"""Training progress, as log records that a terminal can draw a bar from.

The trainer knows no terminal: it may run in a container, where the same records are plain lines.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from trainer.step_callback import StepCallback
from vocabulary.task.training import TOTAL_LOSS, WatchedMetric

LOGGER: Final = "trainer.progress"
_EVERY_S = 0.25


@dataclass(frozen=True)
class Progress:
    """Where training stands: steps are counted over all epochs, values are of this epoch."""

    step: int
    steps: int
    epoch: int
    epochs: int
    values: Mapping[str, float]
    """The loss and the metrics that are watched, by their short titles."""

    def __str__(self) -> str:
        values = " ".join(f"{title} {value:.4f}" for title, value in self.values.items())
        return f"epoch {self.epoch}/{self.epochs} step {self.step}/{self.steps} {values}"


class ReportProgress(StepCallback):
    """Logs a `Progress` a few times a second and at the end of each epoch."""

    def __init__(self, metrics: Sequence[WatchedMetric], *, epochs: int, steps_per_epoch: int):
        super().__init__()
        self._metrics = (TOTAL_LOSS, *metrics)
        self._epochs, self._steps_per_epoch = epochs, steps_per_epoch
        self._last = 0.0
        self._logger = logging.getLogger(LOGGER)

    def on_step_end(self, step: int, logs: dict[str, Any]) -> None:
        """Logs where training stands, if it is time."""
        now = time.monotonic()
        if now - self._last >= _EVERY_S or step % self._steps_per_epoch == 0:
            self._last = now
            self._report(step, logs)

    def _report(self, step: int, logs: dict[str, Any]) -> None:
        progress = Progress(
            step=step,
            steps=self._epochs * self._steps_per_epoch,
            epoch=self.epoch + 1,
            epochs=self._epochs,
            values={
                metric.short: float(logs.get(metric.name, float("nan"))) for metric in self._metrics
            },
        )
        self._logger.info("%s", progress, extra={"progress": progress})
