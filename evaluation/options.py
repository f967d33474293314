"""What a model must reach, and where it is looked at."""

import difflib
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from evaluation.slice_names import SliceName, slice_values
from vocabulary.options import Fraction, Options

MetricName = Literal[
    "accuracy",
    "mean_iou",
    "pooled_iou",
    "iou_at_50",
    "iou_at_60",
    "iou_at_75",
    "iou_at_90",
    "joint_at_50",
]
"""The metrics that a bar can be set on: shares and IoUs, the higher the better."""

Bars = Annotated[
    dict[MetricName, Fraction], Field(min_length=1, description="lowest value that is blessed")
]

_LISTED = 10
"""Values that an error message lists in full."""


class SliceBars(Options):
    """Bars on one slice: `{slice: size, value: small, bars: {accuracy: 0.9}}`."""

    slice: SliceName
    value: str = Field(min_length=1, description="as shown; of a cross, `3 x small`")
    bars: Bars

    @model_validator(mode="after")
    def _slice_has_the_value(self) -> Self:
        known = slice_values(self.slice)
        if self.value not in known:
            close = difflib.get_close_matches(self.value, known, n=1)
            some = ", ".join(known if len(known) <= _LISTED else [*known[:3], "...", known[-1]])
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
    minimum: int = Field(default=50, ge=1, description="pictures that a slice needs to judge")
    unjudged: Literal["refuse", "pass"] = Field(
        default="refuse", description="what becomes of a model with a bar that cannot be judged"
    )
    slices: list[SliceName]

    @field_validator("slices")
    @classmethod
    def _no_duplicates(cls, slices: list[SliceName]) -> list[SliceName]:
        twice = next((name for name in slices if slices.count(name) > 1), None)
        if twice:
            raise ValueError(f"{twice} is named twice; name each slice once")
        return slices

    @field_validator("slice_bars")
    @classmethod
    def _one_entry_per_slice_value(cls, slice_bars: list[SliceBars]) -> list[SliceBars]:
        named = [f"{barred.slice} {barred.value}" for barred in slice_bars]
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice:
            raise ValueError(f"{twice} is named twice; give it all its bars at once")
        return slice_bars

    @model_validator(mode="after")
    def _barred_slices_are_evaluated(self) -> Self:
        for barred in self.slice_bars:
            if barred.slice not in self.slices:
                raise ValueError(
                    f"slice_bars names the slice {barred.slice}, which is not in slices; add it"
                )
        return self


class JudgeOptions(Options):
    """What `evaluation.judge` needs to know."""

    evaluation: EvaluationOptions
    canvas: tuple[int, int] = Field(description="height and width in pixels")
