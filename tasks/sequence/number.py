"""Numbers as rows of digits: how long they may be, and how lists of labels become them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from vocabulary.features import NUM_CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST: Final = 5
"""Digits of a number."""
MORE: Final = LONGEST + 1
"""In the place of its length, of a number that is longer."""
LENGTHS: Final = LONGEST + 2
BLANK: Final = NUM_CLASSES
"""The symbol where a number has no digit."""
SYMBOLS: Final = NUM_CLASSES + 1


def lists(feature: Any) -> "Iterator[NDArray[Any]]":
    """The values of each of n pictures of a feature that TFMA hands over as a sparse tensor.

    It has `values` [k], `indices` [k, 2] in order, and `dense_shape` (n, most values).
    """
    import numpy as np

    rows = np.asarray(feature.indices).reshape(-1, 2)[:, 0]
    count = int(feature.dense_shape[0])
    ends = np.searchsorted(rows, np.arange(1, count))
    return iter(np.split(np.asarray(feature.values), ends))


def text(digits: Any, length: int) -> str:
    """The number that digits make, the first `length` of them."""
    shown = "".join(str(int(digit)) for digit in digits[:length])
    return f"{shown}…" if length == MORE else shown
