"""Cuts pictures into slices, by the truth, the facts of drawn pictures, and their handwriting."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.slice_names import SEVERAL, SOURCE, feature_keys
from vocabulary.facts import FACTS, UNKNOWN, Fact
from vocabulary.features import SOURCE_ID
from vocabulary.handwriting import AS_THEY_ARE, PARTS
from vocabulary.task.options import TaskBase
from vocabulary.task.slices import slices_of


def slice_features(
    known: Mapping[str, Any], task: TaskBase, count: int
) -> dict[str, NDArray[np.str_]]:
    """The features of all slices but crosses, [n] each.

    `known` are the features of the tf.Examples of n = `count` pictures, [n] or [n, 1] each.
    """
    values = slices_of(task.kind).cut(known, task.classes)
    values |= {fact.name: bands(fact, known, count) for fact in FACTS if fact.bands}
    values[SOURCE] = parts(known, count)
    return {key: value for name, value in values.items() for key in feature_keys(name)}


def bands(fact: Fact, known: Mapping[str, Any], count: int) -> NDArray[np.str_]:
    """The band of each of `count` pictures, by their features.

    These are {key: [n] or [n, 1]}, or n arrays of one value or none where some pictures were not
    drawn.
    """
    assert fact.bands is not None
    column = known.get(fact.key)
    rows = [np.empty(0)] * count if column is None else [np.ravel(one) for one in column]
    there = np.array([len(row) == 1 for row in rows])
    if len(rows) != count or not there.any():
        return np.full(count, UNKNOWN)
    # In the precision of a tf.Example, or an edge as such would fall below itself.
    edges = np.array(fact.bands.edges, np.float32)
    values = np.concatenate([row for row in rows if len(row) == 1]).astype(np.float32)
    names = np.full(count, UNKNOWN, object)
    names[there] = np.array(fact.bands.names)[np.digitize(values, edges)]
    return names.astype(np.str_)


def parts(known: Mapping[str, Any], count: int) -> NDArray[np.str_]:
    """Where each of `count` pictures, or its handwriting, is from, as its source tells."""
    ids = np.ravel(known[SOURCE_ID]) if known.get(SOURCE_ID) is not None else [b""] * count
    return np.array([_part(id_.decode(errors="replace")) for id_ in ids])


def _part(source_id: str) -> str:
    """That of one picture; a strip names all its glyphs, with spaces between."""
    first, *others = (name.partition("/")[0] for name in source_id.split(" "))
    if first in AS_THEY_ARE:  # a path may have spaces too
        return first
    if {first, *others} <= {*PARTS}:
        return SEVERAL if {first} != {first, *others} else first
    return UNKNOWN


SliceKey = tuple[tuple[str, Any], ...]
"""As TFMA has it: (feature, value) of each part, none for the whole."""


def parted(
    known: Mapping[str, NDArray[Any]], keys: Iterable[Sequence[str]]
) -> Iterator[tuple[SliceKey, list[int]]]:
    """The slices that pictures fall into by their features, [n] each, and which of them do.

    A picture falls into none by a feature that is empty. `keys` are the sorted names of the
    features that part pictures; of the whole, none.
    """
    count = len(next(iter(known.values())))
    for names in keys:
        chosen: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        columns = [known[name].tolist() for name in names]
        for row, values in enumerate(zip(*columns, strict=True) if columns else [()] * count):
            if all(values):
                chosen[values].append(row)
        for values, rows in chosen.items():
            yield tuple(zip(names, values, strict=True)), rows
