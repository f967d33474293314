"""Features of which pictures have any number of values, as TFMA hands them over."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


def lists(feature: Any) -> "Iterator[NDArray[Any]]":
    """The values of each of n pictures of a sparse tensor.

    It has `values` [k], `indices` [k, 2] in order, and `dense_shape` (n, most values).
    """
    import numpy as np

    rows = np.asarray(feature.indices).reshape(-1, 2)[:, 0]
    count = int(feature.dense_shape[0])
    ends = np.searchsorted(rows, np.arange(1, count))
    return iter(np.split(np.asarray(feature.values), ends))
