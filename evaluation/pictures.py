"""What each model said of each picture, one row for each, in Parquet files beside an evaluation.

The report draws from these, `digits compare` finds in them what one model gets right and another
wrong, and COCO's metric is computed from them. They hold no pixels: `source_id` leads to those.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import tensorflow as tf
from numpy.typing import NDArray

SUFFIX: Final = ".parquet"
_EDGES = ("xmin", "ymin", "xmax", "ymax")
_ORDER = [(column, "ascending") for column in ("source_id", *_EDGES)]


@dataclass(frozen=True)
class Answers:
    """The truth of n pictures, and what models say of them.

    Attributes:
        source_ids: of each picture, as `id_of` has it.
        digits: the true ones, int64 [n].
        boxes: the true ones, float64 [n, 4], (xmin, ymin, xmax, ymax) in [0, 1].
        probabilities: of the digits, float64 [n, 10], by model.
        predicted_boxes: float64 [n, 4], by model.
        facts: of the scenes, {feature: [n] or [n, 1]}, where they are known.
    """

    source_ids: list[bytes]
    digits: NDArray[np.int64]
    boxes: NDArray[np.float64]
    probabilities: dict[str, NDArray[np.float64]]
    predicted_boxes: dict[str, NDArray[np.float64]]
    facts: dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What a model says: `digits` int64 [n], `confidences` float64 [n], `boxes` float64 [n, 4]."""

    digits: NDArray[np.int64]
    confidences: NDArray[np.float64]
    boxes: NDArray[np.float64]


@dataclass(frozen=True)
class Pictures:
    """The rows of an evaluation, read back; the true digits and boxes, and what each model says."""

    source_ids: list[str]
    digits: NDArray[np.int64]
    boxes: NDArray[np.float64]
    said: dict[str, Said]


def id_of(source_id: bytes, record: bytes) -> bytes:
    """The id of a picture: its source's, or of one that has none, a digest of its tf.Example."""
    return source_id or b"%08x" % zlib.crc32(record)


def schema(models: Sequence[str]) -> pa.Schema:
    """The columns: source_id, the true digit and box, and under MODEL/ those of each model."""
    columns = [("source_id", pa.string()), *_columns("")]
    for model in models:
        columns += [*_columns(f"{model}/"), (f"{model}/confidence", pa.float64())]
    return pa.schema(columns)


def as_table(answers: Answers) -> pa.Table:
    """One row for each picture of a batch."""
    ids = [source_id.decode(errors="replace") for source_id in answers.source_ids]
    columns = [ids, answers.digits, *answers.boxes.T]
    for model, probabilities in answers.probabilities.items():
        columns += [probabilities.argmax(1), *answers.predicted_boxes[model].T]
        columns.append(probabilities.max(1))
    return pa.table([pa.array(c) for c in columns], schema=schema(list(answers.probabilities)))


def read_pictures(prefix: str, models: Sequence[str]) -> Pictures:
    """Reads the files whose names begin with a prefix, ordered by ids, then by true boxes."""
    tables = []
    for path in sorted(tf.io.gfile.glob(f"{prefix}*{SUFFIX}")):
        with tf.io.gfile.GFile(path, "rb") as file:
            tables.append(pq.read_table(pa.BufferReader(file.read())))
    table = pa.concat_tables(tables or [schema(models).empty_table()]).sort_by(_ORDER)
    return Pictures(
        source_ids=table["source_id"].to_pylist(),
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
