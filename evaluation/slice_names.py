"""Which slices there are, what values they have, and which features they are made of.

Apart from how they are cut, since the config's model reads this and must load no NumPy.
"""

import itertools
from typing import Final, Literal

from vocabulary import features

SliceName = Literal[
    "digit", "size", "place", "contrast", "clutter", "rotation", "digit x size", "place x size"
]

CROSS: Final = " x "
"""Between the names of a cross, as in `digit x size`."""

SLICES: Final = {
    "digit": features.LABEL,
    "size": "slice/size",
    "place": "slice/place",
    "contrast": "slice/contrast",
    "clutter": "slice/clutter",
    "rotation": "slice/rotation",
}
"""The feature behind each slice, by its name in the config."""

SIZES: Final = ("small", "medium", "large")
SIZE_EDGES: Final = (0.2, 0.3)
"""Where sizes part: the side of a square of the box's area, of the canvas's side."""

ROWS: Final = ("top", "middle", "bottom")
COLUMNS: Final = ("left", "centre", "right")

BANDS: Final = {
    "contrast": (features.CONTRAST, (0.5, 0.75), ("faint", "medium", "strong")),
    "clutter": (features.CLUTTER, (1, 2), ("none", "one", "more")),
    "rotation": (features.ROTATION, (-5.0, 5.0), ("clockwise", "upright", "counterclockwise")),
}
"""The fact behind a slice, the edges of its bands (one belongs to the upper), and their names.

Contrast is ink minus background, of white; clutter counts stray strokes; rotation is in degrees.
"""
UNKNOWN: Final = "unknown"
"""The band of a picture that does not come with the fact, as a photograph."""


def slice_values(name: SliceName) -> list[str]:
    """Every value that a slice or a cross from the config can have, as people see it."""
    of_part = {
        "digit": [str(digit) for digit in range(features.NUM_CLASSES)],
        "size": list(SIZES),
        "place": [f"{row}-{column}" for row in ROWS for column in COLUMNS],
        **{band: [*names, UNKNOWN] for band, (_, _, names) in BANDS.items()},
    }
    return [CROSS.join(v) for v in itertools.product(*(of_part[p] for p in name.split(CROSS)))]


def feature_keys(name: SliceName) -> list[str]:
    """The features that a slice or a cross from the config parts pictures by."""
    return [SLICES[part] for part in name.split(CROSS)]
