"""The slices of the truth: how much of the picture the box around the ink takes.

NumPy and OpenCV are loaded only where pictures are cut.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIZES: Final = ("small", "medium", "large")
SIZE_EDGES: Final = (0.25, 0.5)
"""Where sizes part: the side of a square of the box's area, of the side of the picture's."""

CROSSES: Final = ()


def values(classes: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """See `vocabulary.task.slices`."""
    return {"size": SIZES}


def cut(known: Mapping[str, Any], classes: Sequence[str]) -> "dict[str, NDArray[np.str_]]":
    """See `vocabulary.task.slices`; a picture without ink has no value."""
    import numpy as np

    from tasks.segmentation.measures import read_truth
    from vocabulary import boxes

    of = boxes.box_of(read_truth(known, frames=np.empty((0, 2))))
    return {"size": np.where(boxes.areas(of) > 0, boxes.sizes(of, SIZE_EDGES, SIZES), "")}
