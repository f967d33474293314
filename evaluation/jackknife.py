"""Standard errors by the delete-a-group jackknife, from sums that are kept in groups.

TFMA's own jackknife deals pictures out anew at each run, so that a verdict could change without a
reason, leaves a slice without intervals when one of its groups is empty, and passes over the data
once more for each group. Here the group is a function of the picture's cluster, the same for all
models (so differences are paired), and all slices get their errors from the one pass.

Busing, Meijer and van der Leeden, Delete-m Jackknife for Unequal m, 1999.
"""

import zlib
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluation.intervals import Error

GROUPS: Final = 20
"""TFMA's own number."""

Floats = NDArray[np.float64]


def groups_of(clusters: Iterable[bytes]) -> NDArray[np.int64]:
    """The group of each picture, int64 [n] in [0, GROUPS), whatever run or worker asks."""
    return np.array([zlib.crc32(cluster) % GROUPS for cluster in clusters], np.int64)


def estimate(read: Callable[[Floats], Floats], groups: Floats) -> tuple[float, Error | None]:
    """The value that `read` gives for the sum of all groups, and its standard error.

    Args:
        read: from sums, float64 [..., k], to values, [...].
        groups: the sums of each group, [GROUPS, k]; the first column counts pictures.

    Returns:
        The value, and what `error_of` says of it.
    """
    total = groups.sum(axis=0)
    value = float(read(total))
    return value, error_of(value, read(total - groups), groups[:, 0])


def error_of(value: float, without: Floats, sizes: Floats) -> Error | None:
    """The standard error of a value, from what it would be without each group.

    Args:
        value: of all pictures.
        without: of all but one group, float64 [GROUPS]; may be NaN for a group that holds none.
        sizes: the pictures in each group, [GROUPS].

    Returns:
        None where fewer than two groups hold any pictures, or a value is no number.
    """
    held = sizes > 0
    count = int(held.sum())
    if count < 2 or not np.isfinite([value, *without[held]]).all():
        return None
    without, share = without[held], sizes.sum() / sizes[held]
    pseudo = share * value - (share - 1) * without
    centre = count * value - np.sum((1 - 1 / share) * without)
    variance = np.mean((pseudo - centre) ** 2 / (share - 1))
    return Error(float(np.sqrt(variance)), count - 1)
