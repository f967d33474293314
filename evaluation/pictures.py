"""The truth of each picture and what each model answered, one row for each, in Parquet files.

They lie beside an evaluation. The report draws from these, and `digits compare` finds in them what
one model gets right and another wrong. They hold no pixels: `id` leads to those.
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

from evaluation.plots import Cells
from evaluation.sums import share
from vocabulary import features
from vocabulary.task.judging import Columns, measures_of, right_of

PREFIX: Final = "pictures"
SUFFIX: Final = ".parquet"
"""Of the names of the files."""
_RIGHT: Final = "right"
_ORDER = [("id", "ascending")]


@dataclass(frozen=True)
class Batch:
    """n pictures of an evaluation.

    `source_ids` are of the glyphs, the picture's own where it is unknown, and `forms` are empty
    there. Columns are [n] each, predictions and contributions (see `evaluation.sums`) by model.
    `cells` say where each plot of the task counts them, by model; `slices` are the features that
    slices part pictures by.
    """

    ids: list[bytes]
    source_ids: list[bytes]
    forms: list[bytes]
    truth: Columns
    predictions: dict[str, Columns]
    contributions: dict[str, Columns]
    cells: dict[str, list[Cells]]
    slices: dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Pictures:
    """The rows of an evaluation, read back.

    Columns are [n] each, predictions and `right` (whether each of them is) by model.
    """

    ids: list[str]
    truth: Columns
    predictions: dict[str, Columns]
    right: dict[str, NDArray[np.bool_]]


def id_of(own: bytes, record: bytes) -> bytes:
    """The id of a picture: its own, or of one that has none, a digest of its tf.Example."""
    return own or hashlib.blake2b(record, digest_size=8).hexdigest().encode()


def sizes_of(inputs: Mapping[str, Any], records: NDArray[np.object_]) -> NDArray[np.float64]:
    """Height and width of each picture, by its features or else its header: float64 [n, 2]."""
    sides: list[Any] = [inputs.get(key) for key in (features.HEIGHT, features.WIDTH)]
    if all(side is not None and np.size(side) == len(records) for side in sides):
        return np.stack([np.ravel(side) for side in sides], axis=-1).astype(np.float64)
    return np.array([_size(record) for record in records], np.float64).reshape(-1, 2)


def _size(record: bytes) -> tuple[int, int]:
    feature = tf.train.Example.FromString(record).features.feature
    with Image.open(io.BytesIO(feature[features.IMAGE].bytes_list.value[0])) as picture:
        return picture.height, picture.width


def schema(task: str, models: Sequence[str]) -> pa.Schema:
    """The columns: ids, the truth, and under MODEL/ each model's predictions and `right`."""
    measures = measures_of(task)
    types = {"id": "string", "source_id": "string", **measures.TRUTH}
    for model in models:
        types |= {f"{model}/{name}": type_ for name, type_ in measures.PREDICTION.items()}
        types[f"{model}/{_RIGHT}"] = "bool"
    return pa.schema([(name, pa.type_for_alias(type_)) for name, type_ in types.items()])


def as_table(batch: Batch, task: str) -> pa.Table:
    """One row for each picture."""
    columns = {
        "id": [one.decode(errors="replace") for one in batch.ids],
        "source_id": [one.decode(errors="replace") for one in batch.source_ids],
        **batch.truth,
    }
    for model, predictions in batch.predictions.items():
        columns |= {f"{model}/{name}": column for name, column in predictions.items()}
        right = batch.contributions[model][share(right_of(task).name)]
        columns[f"{model}/{_RIGHT}"] = right.astype(np.bool_)
    types = schema(task, [*batch.predictions])
    return pa.table([pa.array(columns[name]) for name in types.names], schema=types)


def read_pictures(folder: str, models: Sequence[str], task: str) -> Pictures:
    """Reads the files in the folder of an evaluation, ordered by ids."""
    tables = []
    for path in sorted(tf.io.gfile.glob(f"{folder}/{PREFIX}*{SUFFIX}")):
        with tf.io.gfile.GFile(path, "rb") as file:
            tables.append(pq.read_table(pa.BufferReader(file.read())))
    table = pa.concat_tables(tables or [schema(task, models).empty_table()]).sort_by(_ORDER)
    columns = {name: table[name].to_numpy() for name in table.column_names}
    measures = measures_of(task)
    return Pictures(
        ids=table["id"].to_pylist(),
        truth={name: columns[name] for name in measures.TRUTH},
        predictions={
            model: {name: columns[f"{model}/{name}"] for name in measures.PREDICTION}
            for model in models
        },
        right={model: columns[f"{model}/{_RIGHT}"] for model in models},
    )
