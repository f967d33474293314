"""Pictures that became no example, by reason: what ExampleGen leaves beside the splits.

TensorFlow, for remote folders, is loaded when it is read or written.
"""

import json
from collections.abc import Sequence
from typing import Final, NamedTuple

LEFT_OUT: Final = "left_out.json"
"""In the folder of the artefact, beside `Split-NAME`."""


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


def write_left_out(folder: str, reasons: Sequence[Reason]) -> None:
    """Writes all reasons."""
    import tensorflow as tf

    with tf.io.gfile.GFile(f"{folder}/{LEFT_OUT}", "w") as file:
        json.dump([one._asdict() for one in reasons], file, indent=1)


def read_left_out(folder: str) -> list[Reason]:
    """All reasons; there is no file where there are none."""
    import tensorflow as tf

    path = f"{folder}/{LEFT_OUT}"
    if not tf.io.gfile.exists(path):
        return []
    with tf.io.gfile.GFile(path) as file:
        return [
            Reason(one["reason"], one["pictures"], tuple(one["first"])) for one in json.load(file)
        ]


def as_sentence(reasons: Sequence[Reason]) -> str:
    """How many were left out, and the most common reason; empty if there are none."""
    if not reasons:
        return ""
    count = sum(one.pictures for one in reasons)
    most, *others = reasons
    more = f", and {len(others)} more reasons" if others else ""
    return f"{count:,} left out ({most.pictures:,}: {most.reason}{more})"
