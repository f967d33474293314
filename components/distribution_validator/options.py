"""How far the data of a run may be from the champion's."""

from typing import Literal

from pydantic import Field

from vocabulary import features
from vocabulary.options import Fraction, Options

FeatureName = Literal[
    "digit", "xmin", "ymin", "xmax", "ymax", "scale", "rotation", "contrast", "noise", "clutter"
]
FEATURES: dict[FeatureName, str] = {
    "digit": features.LABEL,
    "xmin": features.XMIN,
    "ymin": features.YMIN,
    "xmax": features.XMAX,
    "ymax": features.YMAX,
    "scale": features.SCALE,
    "rotation": features.ROTATION,
    "contrast": features.CONTRAST,
    "noise": features.NOISE,
    "clutter": features.CLUTTER,
}
"""The feature behind each name of the config."""


class DriftOptions(Options):
    """What counts as drift, and what follows from it."""

    thresholds: dict[FeatureName, Fraction] = Field(
        min_length=1, description="Jensen-Shannon divergence from the champion's data, at most"
    )
    stop: bool = Field(description="whether a run whose data has drifted fails")
