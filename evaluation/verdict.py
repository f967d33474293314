"""The verdict: whether a candidate may serve, and why, check by check."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from evaluation.estimate import Estimate
from evaluation.wording import SIGNED, number, ranged
from vocabulary.task.judging import always_shown, metrics_of

JSON_FILE: Final = "verdict.json"


class Check(BaseModel):
    """One metric on one slice, whose `key` has the name and the value of each of its parts.

    `value` is the candidate's, None where it could not be measured; `low` and `high` are the ends
    of the 95% interval of the difference, candidate minus champion. `passed` is None where the
    check does not judge: no bar is set, or it could not be judged and the options let that pass.
    `of_change` says that the comparison with the champion decided, as the bar is reached.
    """

    model_config = ConfigDict(frozen=True)

    metric: str
    title: str
    slice: str
    key: tuple[tuple[str, str], ...] = Field(default=(), exclude=True)
    count: int
    value: float | None
    bar: float | None
    champion: float | None
    difference: float | None
    low: float | None
    high: float | None
    passed: bool | None
    reason: str
    of_change: bool = Field(default=False, exclude=True)

    @property
    def change(self) -> Estimate | None:
        """The difference with its interval."""
        if self.difference is None:
            return None
        return Estimate(self.difference, self.low, self.high)

    def cells(self) -> dict[str, str]:
        """A row of a table, by the titles of its columns."""
        return {
            "metric": self.title,
            "slice (pictures)": f"{self.slice} ({self.count:,})",
            "value": number(self.value),
            "bar": "no bar" if self.bar is None else f"{self.bar:g}",
            "champion": number(self.champion),
            "difference": ranged(self.change, SIGNED),
            "passed": {True: "yes", False: "no", None: "does not judge"}[self.passed],
            "why": self.reason,
        }


class Verdict(BaseModel):
    """Blessed or not, in one sentence, and the checks that led there.

    `champion` is what was compared with, `same_as` the version that serves where it is this model.
    `claim` says what the intervals of the whole claim, see `evaluation.clusters`.
    """

    model_config = ConfigDict(frozen=True)

    blessed: bool
    sentence: str
    champion: str | None
    same_as: str | None = None
    margin: float
    checks: list[Check]
    claim: str = ""

    @property
    def reasons(self) -> list[str]:
        """Why it is not blessed; empty for a blessed model."""
        return [check.reason for check in self.checks if check.passed is False]

    def figures(self, task: str) -> dict[str, float]:
        """The metrics of a task that are always shown, of all pictures, by title."""
        shown = {metric.name for metric in always_shown(metrics_of(task))}
        return {
            check.title: check.value
            for check in self.checks
            if not check.key and check.metric in shown and check.value is not None
        }

    def write(self, folder: str) -> None:
        """Writes it beside an evaluation."""
        import tensorflow as tf

        with tf.io.gfile.GFile(f"{folder}/{JSON_FILE}", "w") as file:
            file.write(self.model_dump_json(indent=2))


def read_verdict(folder: str) -> Verdict:
    """Reads the verdict that lies beside an evaluation, on any file system of TensorFlow's."""
    import tensorflow as tf

    with tf.io.gfile.GFile(f"{folder}/{JSON_FILE}") as file:
        return Verdict.model_validate_json(file.read())
