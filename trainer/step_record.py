"""Losses and metrics of training by step: the mean of every few, for the learning curves.

Epochs alone say little where there are few of them. The record is small, however long training is,
and reads no number off the device but for a point or a checkpoint.
"""

from collections.abc import Mapping
from typing import Any, Final

from trainer.step_callback import StepCallback

POINTS: Final = 200
"""Points of a whole training, about; more epochs have one point each."""
STEP: Final = "step"
"""The name of the last step of a point, counted over all epochs."""


class StepRecord:
    """Points, each the means over the steps since the point before.

    Keras gives means since the epoch began, or since a training resumed in the middle of one. The
    sums of what came in between are those means times their steps, less what was read before.
    """

    def __init__(self) -> None:
        self.points: list[dict[str, float]] = []
        self._sums: dict[str, float] = {}
        self._steps = 0
        self.begin()

    def begin(self) -> None:
        """Keras' means begin anew."""
        self._means: Mapping[str, Any] = {}
        self._noted = self._read = 0
        self._sums_read: dict[str, float] = {}

    def note(self, means: Mapping[str, Any], steps: int) -> None:
        """Notes the means over so many steps since they began; does not read them yet."""
        self._means, self._noted = means, steps

    def add_point(self, step: int) -> None:
        """Ends a point with this step."""
        self._take_in()
        means = {name: total / self._steps for name, total in self._sums.items()}
        self.points.append({STEP: step, **means})
        self._sums, self._steps = {}, 0

    def columns(self) -> dict[str, list[float]]:
        """One value for each point, by name."""
        return columns(self.points)

    def get_state(self) -> dict[str, Any]:
        """Everything that a checkpoint must keep, an unfinished point too."""
        self._take_in()
        return {"points": self.points, "sums": self._sums, "steps": self._steps}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Resumes from what a checkpoint kept."""
        self.points[:], self._sums, self._steps = state["points"], state["sums"], state["steps"]
        self.begin()

    def _take_in(self) -> None:
        if self._noted == self._read:
            return
        sums = {name: float(mean) * self._noted for name, mean in self._means.items()}
        for name, total in sums.items():
            new = total - self._sums_read.get(name, 0.0)
            self._sums[name] = self._sums.get(name, 0.0) + new
        self._steps += self._noted - self._read
        self._sums_read, self._read = sums, self._noted


def columns(rows: list[dict[str, float]]) -> dict[str, list[float]]:
    """The values of rows that have the same names, by name."""
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else {})}


class RecordSteps(StepCallback):
    """Adds a point every few steps, and at the end of each epoch."""

    def __init__(self, record: StepRecord, *, epochs: int, steps_per_epoch: int):
        super().__init__()
        self._record, self._steps_per_epoch = record, steps_per_epoch
        self._every = -(-steps_per_epoch // max(1, POINTS // epochs))
        self._last = 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Notes where it begins, which is in its middle after a kill."""
        super().on_epoch_begin(epoch, logs)
        self._last = self.before
        self._record.begin()

    def on_step_end(self, step: int, logs: dict[str, Any]) -> None:
        """Adds a point, if it is time."""
        self._record.note(logs, step - self.before)
        if self._is_due(step):
            self._record.add_point(step)
        self._last = step

    def _is_due(self, step: int) -> bool:
        # One call may stand for several steps, so that a multiple may be passed over.
        last, now = (number % self._steps_per_epoch for number in (self._last, step))
        return now == 0 or now // self._every > last // self._every
