"""Fills in what pictures without an object have not, as the task's schema says.

Without it, TFMA hands over a batch's feature in another form wherever a picture lacks it.
"""

import pyarrow as pa
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2

from vocabulary.task.examples import examples_of

_TYPES = {"int_value": pa.int64(), "float_value": pa.float32(), "bytes_value": pa.binary()}


def fill_in(batch: pa.RecordBatch, task: str) -> pa.RecordBatch:
    """A batch of examples in which each feature that has a default has a value everywhere."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    for name, default in _defaults(task).items():
        kind = default.WhichOneof("kind")
        type_ = columns[name].type if name in columns else pa.large_list(_TYPES[kind])
        rows = columns[name].to_pylist() if name in columns else [None] * len(batch)
        columns[name] = pa.array([row or [getattr(default, kind)] for row in rows], type_)
    return pa.RecordBatch.from_arrays([*columns.values()], [*columns])


def _defaults(task: str) -> dict[str, schema_pb2.TensorRepresentation.DefaultValue]:
    schema = text_format.Parse(examples_of(task).SCHEMA, schema_pb2.Schema())
    representations = schema.tensor_representation_group[""].tensor_representation
    return {name: one.dense_tensor.default_value for name, one in representations.items()}
