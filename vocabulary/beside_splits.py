"""What ExampleGen leaves beside the splits: files of rows, as JSON, in the folder of the artefact.

TensorFlow, for remote folders, is loaded when one is read or written.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

Row = TypeVar("Row", bound=NamedTuple)


def write_rows(folder: str, name: str, rows: Iterable[NamedTuple]) -> None:
    """Writes all rows to the file of this name."""
    import tensorflow as tf

    with tf.io.gfile.GFile(f"{folder}/{name}", "w") as file:
        json.dump([row._asdict() for row in rows], file, indent=1)


def read_rows(folder: str, name: str, kind: Callable[..., Row]) -> list[Row]:
    """All rows, lists in them as tuples; there is no file where there are none."""
    import tensorflow as tf

    path = f"{folder}/{name}"
    if not tf.io.gfile.exists(path):
        return []
    with tf.io.gfile.GFile(path) as file:
        return [
            kind(**{key: _frozen(value) for key, value in row.items()}) for row in json.load(file)
        ]


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
