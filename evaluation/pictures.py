"""What each model said of each picture, one row for each, in Parquet files beside an evaluation.

The report draws from these, and `digits compare` finds in them what one model gets right and
another wrong. They hold no pixels: `id` leads to those.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import tensorflow as tf
from numpy.typing import NDArray
from PIL import Image

from vocabulary import features

SUFFIX: Final = ".parquet"
_EDGES = ("xmin", "ymin", "xmax", "ymax")
_ORDER = [("id", "ascending")]


@dataclass(frozen=True)
class Answers:
    """The truth of n pictures, and what models say of them.

    Attributes:
        ids: of each picture, as `id_of` has it.
        source_ids: of the glyph in each, the picture's own where it is unknown.
        forms: that each glyph is from, empty where it is unknown.
        digits: the true ones, int64 [n].
        boxes: the true ones, float64 [n, 4], (xmin, ymin, xmax, ymax) in [0, 1].
        frames: height and width in pixels that each has on the canvas, float64 [n, 2].
        probabilities: of the digits, float64 [n, 10], by model.
        predicted_boxes: float64 [n, 4], by model.
        slices: the features that part pictures, [n] each.
    """

    ids: list[bytes]
    source_ids: list[bytes]
    forms: list[bytes]
    digits: NDArray[np.int64]
    boxes: NDArray[np.float64]
    frames: NDArray[np.float64]
    probabilities: dict[str, NDArray[np.float64]]
    predicted_boxes: dict[str, NDArray[np.float64]]
    slices: dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Said:
    """What a model says: `digits` int64 [n], `confidences` float64 [n], `boxes` float64 [n, 4]."""

    digits: NDArray[np.int64]
    confidences: NDArray[np.float64]
    boxes: NDArray[np.float64]


@dataclass(frozen=True)
class Pictures:
    """The rows of an evaluation, read back; the true digits and boxes, and what each model says."""

    ids: list[str]
    digits: NDArray[np.int64]
    boxes: NDArray[np.float64]
    said: dict[str, Said]


def id_of(given: bytes, record: bytes) -> bytes:
    """The id of a picture: its own, or of one that has none, a digest of its tf.Example."""
    return given or hashlib.blake2b(record, digest_size=8).hexdigest().encode()


def sizes_of(known: Mapping[str, Any], records: NDArray[np.object_]) -> NDArray[np.float64]:
    """Height and width of each picture, by its features or else its header: float64 [n, 2]."""
    sides: list[Any] = [known.get(key) for key in (features.HEIGHT, features.WIDTH)]
    if all(side is not None and np.size(side) == len(records) for side in sides):
        return np.stack([np.ravel(side) for side in sides], axis=-1).astype(np.float64)
    return np.array([_size(record) for record in records], np.float64).reshape(-1, 2)


def _size(record: bytes) -> tuple[int, int]:
    feature = tf.train.Example.FromString(record).features.feature
    with Image.open(io.BytesIO(feature[features.IMAGE].bytes_list.value[0])) as picture:
        return picture.height, picture.width


def schema(models: Sequence[str]) -> pa.Schema:
    """The columns: ids, the true digit and box, and under MODEL/ those of each model."""
    columns = [("id", pa.string()), ("source_id", pa.string()), *_columns("")]
    for model in models:
        columns += [*_columns(f"{model}/"), (f"{model}/confidence", pa.float64())]
    return pa.schema(columns)


def as_table(answers: Answers) -> pa.Table:
    """One row for each picture of a batch."""
    ids, source_ids = (
        [one.decode(errors="replace") for one in column]
        for column in (answers.ids, answers.source_ids)
    )
    columns = [ids, source_ids, answers.digits, *answers.boxes.T]
    for model, probabilities in answers.probabilities.items():
        columns += [probabilities.argmax(1), *answers.predicted_boxes[model].T]
        columns.append(probabilities.max(1))
    return pa.table([pa.array(c) for c in columns], schema=schema(list(answers.probabilities)))


def read_pictures(prefix: str, models: Sequence[str]) -> Pictures:
    """Reads the files whose names begin with a prefix, ordered by ids."""
    tables = []
    for path in sorted(tf.io.gfile.glob(f"{prefix}*{SUFFIX}")):
        with tf.io.gfile.GFile(path, "rb") as file:
            tables.append(pq.read_table(pa.BufferReader(file.read())))
    table = pa.concat_tables(tables or [schema(models).empty_table()]).sort_by(_ORDER)
    return Pictures(
        ids=table["id"].to_pylist(),
        digits=table["digit"].to_numpy(),
        boxes=_boxes(table, ""),
        said={
            model: Said(
                table[f"{model}/digit"].to_numpy(),
                table[f"{model}/confidence"].to_numpy(),
                _boxes(table, f"{model}/"),
            )
            for model in models
        },
    )


def _columns(prefix: str) -> list[tuple[str, pa.DataType]]:
    edges = [(f"{prefix}{edge}", pa.float64()) for edge in _EDGES]
    return [(f"{prefix}digit", pa.int64()), *edges]


def _boxes(table: pa.Table, prefix: str) -> NDArray[np.float64]:
    return np.stack([table[f"{prefix}{edge}"].to_numpy() for edge in _EDGES], axis=-1)
