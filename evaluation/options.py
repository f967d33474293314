"""What a model must reach, and where it is looked at."""

from typing import Annotated, Literal

from pydantic import Field

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
SliceName = Literal["digit", "size", "place"]


class EvaluationOptions(Options):
    """The bars and the slices."""

    bars: Annotated[
        dict[MetricName, Fraction],
        Field(min_length=1, description="lowest value that is blessed, on the whole eval split"),
    ]
    margin: Fraction = Field(
        description="by how much a barred metric may fall below the champion's"
    )
    slices: list[SliceName]
