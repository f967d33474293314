"""The slices of the truth: the digit, how large it is, and where; none of a picture without.

NumPy is loaded only where pictures are cut.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from digit import slices as digits
from vocabulary import features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIZES: Final = ("small", "medium", "large")
SIZE_EDGES: Final = (0.2, 0.3)
"""Where sizes part: the side of a square of the box's area, of the canvas's side."""

ROWS: Final = ("top", "middle", "bottom")
COLUMNS: Final = ("left", "centre", "right")

CROSSES: Final = ("digit x size", "place x size")


def values(classes: Sequence[str]) -> dict[str, list[str]]:
    """See `vocabulary.task.slices`."""
    return {
        **digits.values(classes),
        "size": [*SIZES],
        "place": [f"{row}-{column}" for row in ROWS for column in COLUMNS],
    }


def cut(features_: Mapping[str, Any], classes: Sequence[str]) -> "dict[str, NDArray[np.str_]]":
    """See `vocabulary.task.slices`."""
    import numpy as np

    boxes = np.stack([np.ravel(features_[key]) for key in features.BOX], axis=-1)
    of_each = digits.cut(features_, classes)
    for name, of in (("size", sizes), ("place", places)):
        of_each[name] = np.where(of_each["digit"] == "", "", of(boxes.astype(np.float64)))
    return of_each


def sizes(of: "NDArray[np.float64]") -> "NDArray[np.str_]":
    """The size of each box of float [n, 4]."""
    from vocabulary import boxes

    return boxes.sizes(of, SIZE_EDGES, SIZES)


def places(of: "NDArray[np.float64]") -> "NDArray[np.str_]":
    """Which cell of a 3x3 grid over the canvas holds the centre of each box of float [n, 4]."""
    import numpy as np

    centres = np.nan_to_num((of[:, :2] + of[:, 2:]) / 2)
    column, row = np.clip((centres * 3).astype(int), 0, 2).T
    return np.char.add(np.char.add(np.array(ROWS)[row], "-"), np.array(COLUMNS)[column])
