"""How many examples each part of a mixed source has become."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from vocabulary.splits import TRAIN

PART_COUNTS: Final = "part_counts.json"
"""Their file (`vocabulary.beside_splits`); of a mixed source alone."""


class PartCount(NamedTuple):
    """Of one part in one split.

    Attributes:
        split: its name.
        part: its name.
        pictures: that have become examples.
        repeats: further examples of these pictures.
        left_out: pictures that have become none.
    """

    split: str
    part: str
    pictures: int
    repeats: int
    left_out: int


def summed(counts: Iterable[PartCount]) -> list[PartCount]:
    """One for each split and part, in the order in which they first come."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for split, part, *numbers in counts:
        sums[split, part] = [a + b for a, b in zip(sums[split, part], numbers, strict=True)]
    return [PartCount(*key, *numbers) for key, numbers in sums.items()]


def as_sentence(counts: Sequence[PartCount], asked: Mapping[str, int]) -> str:
    """What each split consists of, for which the config asks for so many; empty if not mixed."""
    by_split = itertools.groupby(counts, key=lambda one: one.split)
    return "; ".join(_of_split([*some], asked[split]) for split, some in by_split)


def _of_split(counts: Sequence[PartCount], asked: int) -> str:
    split = counts[0].split
    parts = ", ".join(_of_part(one) for one in counts)
    lacking = asked - sum(one.pictures + one.left_out for one in counts)
    if split == TRAIN or lacking <= 0:
        return f"{split}: {parts}"
    return f"{split}: {parts}, {lacking:,} too few, for no split but {TRAIN} repeats pictures"


def _of_part(count: PartCount) -> str:
    text = f"{count.pictures + count.repeats:,} {count.part}"
    return f"{text} ({count.pictures:,} pictures, repeated)" if count.repeats else text
