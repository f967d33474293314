"""What a model must reach, and where it is looked at."""

import difflib
from typing import Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from evaluation.slice_names import SliceName, slice_values
from vocabulary.options import Fraction, Options
from vocabulary.task.judging import metrics_of
from vocabulary.task.options import TaskOptions

Bars = Annotated[
    dict[str, Fraction], Field(min_length=1, description="lowest value that is blessed, by metric")
]

MINIMUM: Final = 50
"""Pictures that a slice needs, unless the options say otherwise; fewer may differ by chance."""
_LISTED = 10
"""Values that an error message lists in full."""


class SliceBars(Options):
    """Bars on one slice: `{slice: size, value: small, bars: {accuracy: 0.9}}`."""

    slice: SliceName
    value: str = Field(min_length=1, description="as shown; of a cross, `3 x small`")
    bars: Bars

    @model_validator(mode="after")
    def _value_exists(self) -> Self:
        values = slice_values(self.slice)
        if self.value not in values:
            close = difflib.get_close_matches(self.value, values, n=1)
            some = ", ".join(values if len(values) <= _LISTED else [*values[:3], "...", values[-1]])
            hint = f"did you mean {close[0]}?" if close else f"it has {some}"
            raise ValueError(f"the slice {self.slice} has no value {self.value}; {hint}")
        return self


class EvaluationOptions(Options):
    """The bars and the slices."""

    bars: Bars
    slice_bars: list[SliceBars] = []
    margin: Fraction = Field(
        description="by how much a barred metric may fall below the champion's"
    )
    minimum: int = Field(default=MINIMUM, ge=1, description="pictures that a slice needs to judge")
    unjudged: Literal["refuse", "pass"] = Field(
        default="refuse", description="what becomes of a model with a bar that cannot be judged"
    )
    slices: list[SliceName]

    @field_validator("slices")
    @classmethod
    def _differ(cls, slices: list[SliceName]) -> list[SliceName]:
        twice = next((name for name in slices if slices.count(name) > 1), None)
        if twice:
            raise ValueError(f"{twice} is named twice; name each slice once")
        return slices

    @field_validator("slice_bars")
    @classmethod
    def _are_apart(cls, slice_bars: list[SliceBars]) -> list[SliceBars]:
        named = [f"{barred.slice} {barred.value}" for barred in slice_bars]
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice:
            raise ValueError(f"{twice} is named twice; give it all its bars at once")
        return slice_bars

    @model_validator(mode="after")
    def _are_looked_at(self) -> Self:
        for barred in self.slice_bars:
            if barred.slice not in self.slices:
                raise ValueError(
                    f"slice_bars names the slice {barred.slice}, which is not in slices; add it"
                )
        return self


def require_bars(options: EvaluationOptions, task: str) -> None:
    """Refuses bars on what is no metric of the task, or on one that is not the better the higher.

    Raises:
        ValueError: a sentence that names the key in the config.
    """
    allowed = [metric.name for metric in metrics_of(task).values() if metric.bar]
    keys = {"evaluation.bars": options.bars}
    keys |= {
        f"evaluation.slice_bars ({barred.slice} {barred.value})": barred.bars
        for barred in options.slice_bars
    }
    for key, name in ((key, name) for key, bars in keys.items() for name in bars):
        if name in allowed:
            continue
        if name in metrics_of(task):
            problem = f"has a bar on {name}, which is shown but cannot be barred"
        else:
            problem = f"names {name}, which is no metric of the task {task}"
        close = difflib.get_close_matches(name, allowed, n=1)
        hint = f"did you mean {close[0]}?" if close else f"choose from {', '.join(allowed)}"
        raise ValueError(f"{key} {problem}; {hint}")


class JudgeOptions(Options):
    """What `evaluation.judge` needs to know."""

    task: TaskOptions
    evaluation: EvaluationOptions
    canvas: tuple[int, int] = Field(description="height and width in pixels")
