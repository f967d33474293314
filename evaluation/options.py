"""What a model must reach, and where it is looked at."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from evaluation.slice_names import slice_names, slice_values
from vocabulary.hints import hint
from vocabulary.options import Fraction, Options
from vocabulary.task.judging import metrics_of
from vocabulary.task.options import TaskBase, TaskOptions

Bars = Annotated[
    dict[str, Fraction], Field(min_length=1, description="lowest value that is blessed, by metric")
]

MINIMUM: Final = 50
"""Pictures that a slice needs, unless the options say otherwise; fewer may differ by chance."""


class SliceBars(Options):
    """Bars on one slice: `{slice: size, value: small, bars: {accuracy: 0.9}}`."""

    slice: str = Field(min_length=1)
    value: str = Field(min_length=1, description="as shown; of a cross, `3 x small`")
    bars: Bars


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
    slices: list[str]

    @field_validator("slices")
    @classmethod
    def _no_duplicates(cls, slices: list[str]) -> list[str]:
        _refuse_twice(slices, "name each slice once")
        return slices

    @field_validator("slice_bars")
    @classmethod
    def _one_entry_per_slice_value(cls, slice_bars: list[SliceBars]) -> list[SliceBars]:
        named = [f"{barred.slice} {barred.value}" for barred in slice_bars]
        _refuse_twice(named, "give it all its bars at once")
        return slice_bars

    @model_validator(mode="after")
    def _barred_slices_are_evaluated(self) -> Self:
        for barred in self.slice_bars:
            if barred.slice not in self.slices:
                raise ValueError(
                    f"slice_bars names the slice {barred.slice}, which is not in slices; add it"
                )
        return self


def _refuse_twice(names: list[str], way_out: str) -> None:
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"{twice} is named twice; {way_out}")


def require_bars(options: EvaluationOptions, task: str) -> None:
    """Raises ValueError for bars on what is no metric of the task, or cannot be barred."""
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
        raise ValueError(f"{key} {problem}; {hint(name, allowed, otherwise='choose from')}")


def require_slices(options: EvaluationOptions, task: TaskBase) -> None:
    """Raises ValueError for slices that the task does not have, and values that a slice has not."""
    names = slice_names(task)
    for name in options.slices:
        if name not in names:
            advice = hint(name, names, otherwise="choose from")
            raise ValueError(f"evaluation.slices names {name}, which is no slice; {advice}")
    for barred in options.slice_bars:
        values = slice_values(barred.slice, task)
        if barred.value not in values:
            raise ValueError(
                f"evaluation.slice_bars: the slice {barred.slice} has no value {barred.value}; "
                f"{hint(barred.value, values, otherwise='it has')}"
            )


class JudgeOptions(Options):
    """What `evaluation.judge` needs to know."""

    task: TaskOptions
    evaluation: EvaluationOptions
    canvas: tuple[int, int] = Field(description="height and width in pixels")
