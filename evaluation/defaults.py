"""Features in the form that the task's schema gives them, whatever pictures are in a batch.

Without it, TFMA hands over a batch's feature in another form wherever a picture lacks it, or all
have as many values.
"""

from typing import Any

import pyarrow as pa
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2
from tfx_bsl.tfxio.tensor_adapter import TensorAdapterConfig

from vocabulary.task.examples import examples_of

_TYPES = {
    schema_pb2.INT: pa.int64(), schema_pb2.FLOAT: pa.float32(), schema_pb2.BYTES: pa.binary(),
}  # fmt: skip


def fill_in(batch: pa.RecordBatch, task: str) -> pa.RecordBatch:
    """A batch of examples in which each feature with a tensor representation is there.

    One that has a default has a value everywhere; one of any number of values may have none.
    """
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    types = _types(task)
    for name, representation in _representations(task).items():
        there = name in columns
        type_ = columns[name].type if there else types[name]
        rows = columns[name].to_pylist() if there else [None] * len(batch)
        default = _default(representation)
        columns[name] = pa.array([row or default for row in rows], type_)
    return pa.RecordBatch.from_arrays([*columns.values()], [*columns])


def sparse_features(task: str) -> TensorAdapterConfig | None:
    """Which features TFMA is to hand over as sparse tensors: those of any number of values."""
    types = _types(task)
    sparse = {
        name: one
        for name, one in _representations(task).items()
        if one.HasField("varlen_sparse_tensor")
    }
    if not sparse:
        return None
    return TensorAdapterConfig(pa.schema([(name, types[name]) for name in sparse]), sparse)


def _default(representation: schema_pb2.TensorRepresentation) -> list[Any]:
    default = representation.dense_tensor.default_value
    kind = default.WhichOneof("kind")
    return [getattr(default, kind)] if kind else []


def _schema(task: str) -> schema_pb2.Schema:
    return text_format.Parse(examples_of(task).SCHEMA, schema_pb2.Schema())


def _types(task: str) -> dict[str, pa.DataType]:
    return {one.name: pa.large_list(_TYPES[one.type]) for one in _schema(task).feature}


def _representations(task: str) -> dict[str, schema_pb2.TensorRepresentation]:
    return dict(_schema(task).tensor_representation_group[""].tensor_representation)
