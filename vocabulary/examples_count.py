"""How many examples each split has: a fact of the data, which ExampleGen leaves beside the splits.

The config only says how many it asks for. TensorFlow, for remote folders, is loaded when a count is
read or written.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from vocabulary.errors import UserError

COUNTS: Final = "counts.json"
"""In the folder of the artefact, beside `Split-NAME`."""


def write_counts(folder: str, counts: Mapping[str, int]) -> None:
    """Writes how many examples each split has."""
    import tensorflow as tf

    with tf.io.gfile.GFile(f"{folder}/{COUNTS}", "w") as file:
        json.dump(dict(counts), file)


def read_counts(folder: str) -> dict[str, int]:
    """How many examples each split has; UserError if the artefact's folder does not say."""
    import tensorflow as tf

    path = f"{folder}/{COUNTS}"
    try:
        with tf.io.gfile.GFile(path) as file:
            return dict(json.load(file))
    except (tf.errors.NotFoundError, ValueError) as error:
        raise UserError(
            f"{path}, which says how many examples there are, is missing or damaged; run again"
        ) from error


def count_of(patterns: Sequence[str]) -> int:
    """How many examples there are in splits, by their file patterns, as `FOLDER/Split-train/*`."""
    total = 0
    for pattern in patterns:
        folder, _, split = pattern.rpartition("/")[0].rpartition("/Split-")
        total += read_counts(folder).get(split, 0)
    return total
