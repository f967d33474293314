"""The files that `digits predict --beam` writes: tf.Examples, CSV and Parquet, of any task."""

import base64
import csv
import io
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pyarrow as pa
import tensorflow as tf

from serving.predict import Row
from vocabulary import features
from vocabulary.task.answers import Output, Outputs

_DECIMALS: Final = 6


def schema(outputs: Outputs) -> pa.Schema:
    """Of the Parquet file: the picture's path, the model's outputs, and what is unsure."""
    return pa.schema(
        [
            ("picture", pa.string()),
            *((name, _type(output)) for name, output in outputs.items()),
            ("unsure", pa.list_(pa.string())),
        ]
    )


def _type(output: Output) -> pa.DataType:
    if output.dtype == "bytes":
        return pa.string()  # base64, as in JSON
    one = pa.from_numpy_dtype(np.dtype(output.dtype))
    return pa.list_(one) if output.shape else one


def record(row: Row, outputs: Outputs) -> dict[str, Any]:
    """A row of the Parquet file."""
    fields = row.fields()
    values = {name: fields[name] for name in outputs}
    return {"picture": str(row.path), **values, "unsure": row.unsure}


def line(values: Iterable[Any]) -> str:
    """A line of a CSV file, without its end."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(
        [round(value, _DECIMALS) if isinstance(value, float) else value for value in values]
    )
    return text.getvalue()


def csv_line(row: Row) -> str:
    """A line of the CSV file: the columns of a table."""
    return line([str(row.path), *row.values(), "; ".join(row.unsure)])


def example(row: Row, outputs: Outputs) -> bytes:
    """The tf.Example, serialized: the picture's path, and the outputs if anything was read."""
    path = tf.train.BytesList(value=[str(row.path).encode()])
    feature = {features.SOURCE_ID: tf.train.Feature(bytes_list=path)}
    fields = row.fields()
    for name, output in outputs.items():
        value = fields[name]
        if value is not None and (not output.shape or len(value)):
            feature[features.prediction(name)] = _feature(value, output)
    serialized: bytes = tf.train.Example(
        features=tf.train.Features(feature=feature)
    ).SerializeToString()
    return serialized


def _feature(value: Any, output: Output) -> Any:
    if output.dtype == "bytes":
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[base64.b64decode(value)]))
    values = np.ravel(value)
    if output.dtype == "int64":
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))
    return tf.train.Feature(float_list=tf.train.FloatList(value=values))
