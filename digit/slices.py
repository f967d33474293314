"""The slice of the true digit; NumPy is loaded only where pictures are cut."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from digit.examples import NO_DIGIT
from vocabulary import features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def values(classes: Sequence[str]) -> dict[str, list[str]]:
    """See `vocabulary.task.slices`: the names of the classes."""
    return {"digit": [*classes]}


def cut(known: Mapping[str, Any], classes: Sequence[str]) -> "dict[str, NDArray[np.str_]]":
    """See `vocabulary.task.slices`; a picture without a digit has no value."""
    import numpy as np

    digits = np.ravel(known[features.LABEL]).astype(np.int64)
    return {"digit": np.where(digits == NO_DIGIT, "", np.array(classes)[digits])}
