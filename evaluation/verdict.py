"""The verdict: whether a candidate may serve, and why, check by check."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, model_validator

from evaluation.wording import number, signed

JSON_FILE: Final = "verdict.json"
TEXT_FILE: Final = "verdict.md"

HEAD: Final = (
    "metric", "slice (pictures)", "value", "bar", "champion", "difference", "passed", "why",
)  # fmt: skip
"""The titles of `Verdict.rows`."""


class Check(BaseModel):
    """One metric on one slice.

    Attributes:
        metric: its name.
        title: what it is called in front of people.
        slice: `whole`, or as `size small`.
        count: pictures in the slice.
        value: the candidate's; none where it could not be measured.
        bar: the lowest value that is blessed, if one is set.
        champion: the champion's value, if there is a champion.
        difference: candidate minus champion, with the ends of its 95% interval where it has one.
        passed: none where the check does not judge: no bar is set, or it could not be judged and
            the options let that pass.
        reason: why, in words.
    """

    model_config = ConfigDict(frozen=True)

    metric: str
    title: str
    slice: str
    count: int
    value: float | None
    bar: float | None
    champion: float | None
    difference: float | None
    low: float | None
    high: float | None
    passed: bool | None
    reason: str

    @model_validator(mode="before")
    @classmethod
    def _has_title(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """Verdicts written before checks had titles can still be read."""
        return {"title": fields.get("metric")} | fields


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

    def rows(self) -> list[tuple[str, ...]]:
        """The checks as text, under `HEAD`."""
        return [
            (
                check.title,
                f"{check.slice} ({check.count:,})",
                number(check.value),
                "no bar" if check.bar is None else f"{check.bar:g}",
                number(check.champion),
                signed(check.difference, check.low, check.high),
                {True: "yes", False: "no", None: "does not judge"}[check.passed],
                check.reason,
            )
            for check in self.checks
        ]

    def as_markdown(self) -> str:
        """The sentence and a table."""
        lines = [f"| {' | '.join(row)} |" for row in (HEAD, ("---",) * len(HEAD), *self.rows())]
        claim = ["", self.claim] if self.claim else []
        return "\n".join([self.sentence, *claim, "", *lines])

    def write(self, folder: str) -> None:
        """Writes it beside an evaluation, as JSON and as Markdown."""
        import tensorflow as tf

        texts = {JSON_FILE: self.model_dump_json(indent=2), TEXT_FILE: self.as_markdown()}
        for name, text in texts.items():
            with tf.io.gfile.GFile(f"{folder}/{name}", "w") as file:
                file.write(text + "\n")


def read_verdict(folder: str) -> Verdict:
    """Reads the verdict that lies beside an evaluation, on any file system of TensorFlow's."""
    import tensorflow as tf

    with tf.io.gfile.GFile(f"{folder}/{JSON_FILE}") as file:
        return Verdict.model_validate_json(file.read())
