"""The slices of the truth: how many digits there are, and how high they are on average.

NumPy is loaded only where pictures are cut.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from evaluation.ragged import lists
from tasks.sequence.number import LONGEST, MORE
from vocabulary import features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIZES: Final = ("small", "medium", "large")
SIZE_EDGES: Final = (0.45, 0.6)
"""Where sizes part: the mean height of a digit's box, of the picture's."""

LENGTHS: Final = (*map(str, range(LONGEST + 1)), "more")

CROSSES: Final = ()


def values(classes: Sequence[str]) -> dict[str, list[str]]:
    """See `vocabulary.task.slices`; classes do not matter."""
    return {"length": [*LENGTHS], "size": [*SIZES]}


def cut(known: Mapping[str, Any], classes: Sequence[str]) -> "dict[str, NDArray[np.str_]]":
    """See `vocabulary.task.slices`; a picture without digits has no size."""
    import numpy as np

    heights = [
        float(np.mean(ymax - ymin)) if len(ymin) else np.nan
        for ymin, ymax in zip(lists(known[features.YMIN]), lists(known[features.YMAX]), strict=True)
    ]
    sizes = np.array(SIZES)[np.digitize(heights, SIZE_EDGES) % len(SIZES)]
    lengths = [min(len(labels), MORE) for labels in lists(known[features.LABEL])]
    return {
        "length": np.array(LENGTHS)[np.array(lengths, np.int64)],
        "size": np.where(np.isnan(heights), "", sizes),
    }
