"""Clusters of pictures that are alike: those of one glyph or, where there are enough, of one form.

Intervals claim only as much as clusters allow (`evaluation.intervals`). A form is the sheet that
one writer filled in. Intervals by form tell how well other writers are read, but from a few forms
they come out too narrow: Cameron and Miller, A Practitioner's Guide to Cluster-Robust Inference,
Journal of Human Resources 50, 2015, call fewer than 20 to 50 clusters few. Below `MANY_FORMS`
intervals are by glyph, and whoever shows them says of how few forms they are.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from evaluation.intervals import Sample

MANY_FORMS: Final = 50
"""The upper end of what Cameron and Miller call few."""


@dataclass
class Clusters:
    """The clusters that some pictures are of, with the pictures of each; sums of any order.

    `sources` are glyphs, or pictures of one's own; b"" is among the `forms` where some are unknown.
    """

    pictures: Counter[bytes] = field(default_factory=Counter)
    sources: set[bytes] = field(default_factory=set)
    forms: set[bytes] = field(default_factory=set)

    @property
    def sample(self) -> Sample:
        """The pictures and Kish's effective number of clusters, for these differ in size."""
        count = float(self.pictures.total())
        squares = sum(size * size for size in self.pictures.values())
        return Sample(count, count * count / squares if squares else 0.0)

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """All parts together."""
        joined = cls()
        for part in parts:
            joined.pictures.update(part.pictures)
            joined.sources |= part.sources
            joined.forms |= part.forms
        return joined


def count_forms(forms: Collection[bytes]) -> int:
    """How many forms there are; 0 where some are unknown."""
    return 0 if b"" in forms else len(forms)


def cluster_of(sources: Sequence[bytes], forms: Sequence[bytes], *, all_forms: int) -> list[bytes]:
    """The cluster of each picture, by its source and form.

    `all_forms` is how many forms all pictures of the evaluation are of; 0 where some are unknown.
    """
    return list(sources if all_forms < MANY_FORMS else forms)


def claim(pictures: int, sources: int, forms: int) -> str:
    """What the intervals claim, in a sentence; empty where each picture stands for itself.

    So many pictures are of so many glyphs, from so many forms: 0 where some are unknown.
    """
    of = f"the {pictures:,} pictures are of {sources:,} glyphs"
    if forms >= MANY_FORMS:
        return f"Intervals are by form: {of} from {forms:,} forms, each filled in by one writer."
    if forms:
        few = f"{forms} {'form' if forms == 1 else 'forms'}"
        return (
            f"Intervals are by glyph: {of} from {few} alone, each filled in by one writer; how "
            "well others' handwriting is read may lie outside them."
        )
    if 0 < sources < pictures:
        return f"Intervals are by glyph: {of}, whose writers are not all known."
    return ""
