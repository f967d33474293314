"""Glyphs: source digits, white ink on black, and their division between splits.

The division comes before anything is drawn and depends on the names of the splits alone, neither
on their sizes nor on the seed: a version trained last month and one trained today are judged on
handwriting that neither has seen.
"""

import string
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vocabulary.classes import same
from vocabulary.errors import UserError
from vocabulary.splits import EVAL, TRAIN

HELD_OUT_SHARE = 0.15
"""The share of the forms (or blocks of glyphs) that each split but `train` holds out."""


@dataclass(frozen=True)
class Glyphs:
    """A pool of source digits.

    Attributes:
        pictures: uint8 [n, 28, 28], 0 is paper and 255 is ink.
        labels: int64 [n], the digit, or in a scene the index of its class.
        groups: int64 [n], the form of each, or a block of glyphs where forms are unknown; a group
            is never divided between splits.
        names: str [n], where each came from, for `image/source_id`.
        forms: str [n], the form that each is from, for `image/form`; empty where it is unknown.
    """

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]
    names: NDArray[np.str_]
    forms: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.labels)

    def one(self, index: int) -> tuple[int, str, str]:
        """Label, name and form of one glyph."""
        return self.labels.item(index), self.names.item(index), self.forms.item(index)

    def take(self, chosen: NDArray[np.bool_]) -> "Glyphs":
        """The glyphs where `chosen` (bool [n]) is true."""
        return Glyphs(**{name: column[chosen] for name, column in vars(self).items()})

    def of_classes(self, classes: Sequence[str]) -> "Glyphs":
        """The glyphs of the classes, labelled by the index of theirs, of glyphs of digits."""
        digits = [int(same(name)) for name in classes]
        chosen = self.take(np.isin(self.labels, digits))
        return replace(chosen, labels=_index_of(digits)[chosen.labels])


def _index_of(digits: Sequence[int]) -> NDArray[np.int64]:
    """Where each digit stands, int64 [10]; of one that does not, no matter what."""
    index = np.zeros(len(string.digits), np.int64)
    index[[*digits]] = range(len(digits))
    return index


def divide(glyphs: Glyphs, *, splits: Sequence[str]) -> dict[str, Glyphs]:
    """Divides a pool by group: each other split holds out its share, `train` gets the rest.

    What is held out is spread evenly over the source, whose order may mean something. `eval`
    chooses first, so that adding a further split takes from `train` alone.

    Raises:
        UserError: if there are too few groups for that many splits.
    """
    groups = np.unique(glyphs.groups)
    share = max(1, round(HELD_OUT_SHARE * len(groups)))
    held_out = sorted((name for name in splits if name != TRAIN), key=lambda n: (n != EVAL, n))
    if share * len(held_out) >= len(groups):
        raise UserError(
            f"{len(splits)} splits need more handwriting than there is: {len(groups)} groups of "
            f"glyphs, {share} for each split but train; name fewer splits"
        )
    division: dict[str, Glyphs] = {}
    for name in held_out:
        chosen = groups[((np.arange(share) + 0.5) * len(groups) / share).astype(int)]
        division[name] = glyphs.take(np.isin(glyphs.groups, chosen))
        groups = np.setdiff1d(groups, chosen)
    division[TRAIN] = glyphs.take(np.isin(glyphs.groups, groups))
    return {name: division[name] for name in splits}
