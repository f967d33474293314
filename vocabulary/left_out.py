"""Pictures that became no example, by reason."""

from collections.abc import Sequence
from typing import Final, NamedTuple

LEFT_OUT: Final = "left_out.json"
"""Their file (`vocabulary.beside_splits`)."""


class Reason(NamedTuple):
    """Why pictures were left out.

    Attributes:
        reason: the end of a sentence, as in `it has 2 objects, not one`.
        pictures: how many.
        first: the names of some.
    """

    reason: str
    pictures: int
    first: tuple[str, ...]


def as_sentence(reasons: Sequence[Reason]) -> str:
    """How many were left out, and the most common reason; empty if there are none."""
    if not reasons:
        return ""
    count = sum(one.pictures for one in reasons)
    most, *others = reasons
    more = f", and {len(others)} more reasons" if others else ""
    return f"{count:,} left out ({most.pictures:,}: {most.reason}{more})"
