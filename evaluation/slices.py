"""Cuts pictures into slices, by facts of the picture and by its true box."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.slice_names import BANDS, COLUMNS, ROWS, SIZE_EDGES, SIZES, SLICES
from vocabulary import boxes
from vocabulary.facts import UNKNOWN


def sizes(of: NDArray[np.float64]) -> NDArray[np.str_]:
    """The size of each box of float [n, 4]."""
    return np.array(SIZES)[np.digitize(np.sqrt(boxes.areas(of)), SIZE_EDGES)]


def places(of: NDArray[np.float64]) -> NDArray[np.str_]:
    """Which cell of a 3x3 grid over the canvas holds the centre of each box of float [n, 4]."""
    centres = np.nan_to_num((of[:, :2] + of[:, 2:]) / 2)
    column, row = np.clip((centres * 3).astype(int), 0, 2).T
    return np.char.add(np.char.add(np.array(ROWS)[row], "-"), np.array(COLUMNS)[column])


def bands(name: str, known: Mapping[str, Any], count: int) -> NDArray[np.str_]:
    """The band of each of `count` pictures, by their features: {key: [n] or [n, 1]}."""
    key, edges, names = BANDS[name]
    fact = np.ravel(known[key]) if known.get(key) is not None else np.empty(0)
    if len(fact) != count:
        return np.full(count, UNKNOWN)
    # In the precision of a tf.Example, or an edge as such would fall below itself.
    return np.array(names)[np.digitize(fact.astype(np.float32), np.array(edges, np.float32))]


def slice_features(
    known: Mapping[str, Any], true: NDArray[np.float64]
) -> dict[str, NDArray[np.str_]]:
    """The features of all slices but the digit, [n] each, for n pictures.

    Args:
        known: the features of a batch.
        true: their boxes, [n, 4].
    """
    values = {"size": sizes(true), "place": places(true)}
    values |= {name: bands(name, known, len(true)) for name in BANDS}
    return {SLICES[name]: value for name, value in values.items()}


SliceKey = tuple[tuple[str, Any], ...]
"""As TFMA has it: (feature, value) of each part, none for the whole."""


def parted(
    known: Mapping[str, NDArray[Any]], keys: Iterable[Sequence[str]]
) -> Iterator[tuple[SliceKey, list[int]]]:
    """The slices that pictures fall into, and which of them do.

    Args:
        known: features, [n] each.
        keys: sorted names of the features that part pictures; of the whole, none.
    """
    count = len(next(iter(known.values())))
    for names in keys:
        chosen: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        columns = [known[name].tolist() for name in names]
        for row, values in enumerate(zip(*columns, strict=True) if columns else [()] * count):
            chosen[values].append(row)
        for values, rows in chosen.items():
            yield tuple(zip(names, values, strict=True)), rows
