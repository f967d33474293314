"""The slice of the true digit; NumPy is loaded only where pictures are cut."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from digit.examples import NO_DIGIT
from vocabulary import features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VALUES: Final = {"digit": [str(digit) for digit in range(features.NUM_CLASSES)]}


def cut(known: Mapping[str, Any]) -> "dict[str, NDArray[np.str_]]":
    """See `vocabulary.task.slices`; a picture without a digit has no value."""
    import numpy as np

    digits = np.ravel(known[features.LABEL]).astype(np.int64)
    return {"digit": np.where(digits == NO_DIGIT, "", digits.astype(np.str_))}
