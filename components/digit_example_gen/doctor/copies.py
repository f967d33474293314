"""The same picture in two splits, by its content or by its look."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.doctor.pictures import Seen
from vocabulary.labels.record import Finding

_NEAR: Final = 2
"""Bits that near-copies may differ in."""
_TELLING: Final = 16
"""Bits that must be set, and not set, of a look that tells more than an even ground."""
_AT_ONCE: Final = 4_000_000
"""Pairs that are compared in one operation, which takes 8 bytes for each."""


def find_copies(by_split: Mapping[str, Sequence[Seen]]) -> Iterator[Finding]:
    """An error for each picture of which a copy is in a split before, a note for what looks so."""
    first: dict[str, tuple[str, Seen]] = {}
    same: dict[str, list[str]] = defaultdict(list)
    for split, pictures in by_split.items():
        for seen in pictures:
            other_split, other = first.setdefault(seen.content, (split, seen))
            if other is seen:
                continue
            if other_split != split:
                yield Finding("error", seen.path, "", f"is the same picture as {other.path}, and "
                              f"they are in {split} and {other_split}",
                              "remove one, or keep both in one split", seen.path)  # fmt: skip
            else:
                same[other.path].append(seen.path)
    for path, others in same.items():
        yield Finding("warning", path, "", f"is there again as {', '.join(others)}", "keep one")
    splits = list(by_split)
    for index, split in enumerate(splits):
        for other_split in splits[:index]:
            yield from _near(by_split[split], by_split[other_split], split, other_split)


def _near(
    these: Sequence[Seen], those: Sequence[Seen], split: str, other_split: str
) -> Iterator[Finding]:
    these, those = _telling(these), _telling(those)
    looks = np.array([seen.look for seen in those], np.uint64)
    rows = max(1, _AT_ONCE // max(len(those), 1))
    for start in range(0, len(these) if len(those) else 0, rows):
        part = these[start : start + rows]
        own: NDArray[np.uint64] = np.array([seen.look for seen in part], np.uint64)
        distances = np.bitwise_count(own[:, np.newaxis] ^ looks)
        for row, column in zip(range(len(part)), distances.argmin(axis=1).tolist(), strict=True):
            seen, other = part[row], those[column]
            if distances[row, column] <= _NEAR and seen.content != other.content:
                yield Finding("note", seen.path, "", f"looks like {other.path}, and they are in "
                              f"{split} and {other_split}",
                              "keep copies of one original in one split")  # fmt: skip


def _telling(pictures: Sequence[Seen]) -> list[Seen]:
    return [seen for seen in pictures if _TELLING <= seen.look.bit_count() <= 64 - _TELLING]
