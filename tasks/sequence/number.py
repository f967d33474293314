"""Numbers as rows of digits: how long they may be, how they are written, and how they are kept."""

from collections.abc import Sequence
from typing import Final

LONGEST: Final = 5
"""Digits of a number that are read; of a longer one, the first so many."""
MORE: Final = LONGEST + 1
"""In the place of its length, of a number that is longer."""
LENGTHS: Final = LONGEST + 2
BLANK: Final = -1
"""In the place of a digit, where a number has none; networks have it as their last symbol."""
AND_MORE: Final = "…"
"""At the end of the key of a number that is longer."""

_FIRST: Final = ord("0")


def as_key(labels: Sequence[int], length: int) -> str:
    """A number in one column of a table: a character for each digit, 0 to 9 of the first ten.

    One of `MORE` digits ends in `AND_MORE`, so a key has as many characters as the length says.
    """
    digits = "".join(chr(_FIRST + label) for label in labels[: min(length, LONGEST)])
    return digits + (AND_MORE if length >= MORE else "")


def of_key(key: str, classes: Sequence[str]) -> str:
    """The number of a key, as it is written."""
    labels = [ord(character) - _FIRST for character in key.removesuffix(AND_MORE)]
    return written(labels, classes) + (AND_MORE if key.endswith(AND_MORE) else "")


def written(labels: Sequence[int], classes: Sequence[str]) -> str:
    """The digits as they are called; names of several letters stand apart."""
    known = [classes[label] if label < len(classes) else str(label) for label in labels]
    return ("" if all(len(name) == 1 for name in known) else " ").join(known)
