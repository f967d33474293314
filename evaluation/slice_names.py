"""Which slices there are, what values they have, and which features they are made of.

Apart from how they are cut, since the config's model reads this and must load no NumPy.
"""

import itertools
from typing import Final, Literal

from vocabulary import features
from vocabulary.facts import FACTS, UNKNOWN

SliceName = Literal[
    "digit", "size", "place", "contrast", "clutter", "rotation", "slant", "stroke", "background",
    "noise", "digit x size", "place x size"
]  # fmt: skip

CROSS: Final = " x "
"""Between the names of a cross, as in `digit x size`."""

SLICES: Final = {
    "digit": features.LABEL,
    "size": "slice/size",
    "place": "slice/place",
    **{fact.name: f"slice/{fact.name}" for fact in FACTS if fact.bands},
}
"""The feature behind each slice, by its name in the config."""

SIZES: Final = ("small", "medium", "large")
SIZE_EDGES: Final = (0.2, 0.3)
"""Where sizes part: the side of a square of the box's area, of the canvas's side."""

ROWS: Final = ("top", "middle", "bottom")
COLUMNS: Final = ("left", "centre", "right")

BANDS: Final = {fact.name: (fact.key, *fact.bands) for fact in FACTS if fact.bands}
"""The fact behind a slice, the edges of its bands (one belongs to the upper), and their names."""


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
