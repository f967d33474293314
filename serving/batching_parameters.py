"""TensorFlow Serving's `--batching_parameters_file`: how requests share batches.

The message is `BatchingParameters` of
tensorflow_serving/servables/tensorflow/session_bundle_config.proto at 2.21, which the package
tensorflow-serving-api leaves out. The server accepts and rejects the same files as TensorFlow
Serving does.
"""

from pathlib import Path
from typing import Any, Final

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
    wrappers_pb2,
)

from serving.options import CORES, BatchingParameters
from vocabulary.errors import UserError

_FIELDS: Final = {
    "max_batch_size": (1, "Int64Value"),
    "batch_timeout_micros": (2, "Int64Value"),
    "max_enqueued_batches": (3, "Int64Value"),
    "num_batch_threads": (4, "Int64Value"),
    "thread_pool_name": (5, "StringValue"),
    "allowed_batch_sizes": (6, "int64"),
    "pad_variable_length_inputs": (7, "bool"),
    "enable_large_batch_splitting": (8, "BoolValue"),
    "max_execution_batch_size": (9, "Int64Value"),
}

_POSITIVE: Final = (
    "max_batch_size",
    "max_execution_batch_size",
    "max_enqueued_batches",
    "num_batch_threads",
)


def read_batching_parameters(path: Path) -> BatchingParameters:
    """Reads the parameters from a file; omitted ones get TensorFlow Serving's defaults.

    Raises UserError if the file cannot be read, is not a BatchingParameters message, or contradicts
    itself.
    """
    try:
        message = text_format.Parse(path.read_text(), _message())
    except (OSError, UnicodeDecodeError, text_format.ParseError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError(f"--batching_parameters_file {path} cannot be read: {reason}") from error
    values = {
        name: getattr(message, name).value
        for name, (_, kind) in _FIELDS.items()
        if kind.endswith("Value") and message.HasField(name)
    }
    limit = values.get("max_batch_size", 1000)
    parameters = BatchingParameters(
        max_batch_size=limit,
        batch_timeout_micros=values.get("batch_timeout_micros", 0),
        max_enqueued_batches=values.get("max_enqueued_batches", 10),
        num_batch_threads=values.get("num_batch_threads", CORES),
        allowed_batch_sizes=tuple(message.allowed_batch_sizes),
        enable_large_batch_splitting=values.get("enable_large_batch_splitting", False),
        max_execution_batch_size=values.get("max_execution_batch_size", limit),
    )
    if problem := _problem(parameters):
        raise UserError(f"--batching_parameters_file {path}: {problem}")
    return parameters


def _problem(parameters: BatchingParameters) -> str:
    for name in _POSITIVE:
        if getattr(parameters, name) < 1:
            return f"{name} must be at least 1, not {getattr(parameters, name)}"
    if parameters.batch_size > parameters.max_batch_size:
        return "max_execution_batch_size must be at most max_batch_size"
    if parameters.batch_timeout_micros < 0:
        return f"batch_timeout_micros must not be negative: {parameters.batch_timeout_micros}"
    sizes = parameters.allowed_batch_sizes
    if sizes and (sizes[0] < 1 or list(sizes) != sorted(set(sizes))):
        return f"allowed_batch_sizes must increase from at least 1: {list(sizes)}"
    if sizes and sizes[-1] != parameters.batch_size:
        return (
            f"the last of allowed_batch_sizes must be the size of a batch, "
            f"{parameters.batch_size}, not {sizes[-1]}"
        )
    return ""


def _message() -> Any:
    """An empty BatchingParameters message."""
    file = descriptor_pb2.FileDescriptorProto(
        name="batching_parameters.proto",
        package="tensorflow.serving",
        syntax="proto3",
        dependency=[wrappers_pb2.DESCRIPTOR.name],
    )
    message = file.message_type.add(name="BatchingParameters")
    types = descriptor_pb2.FieldDescriptorProto
    for name, (number, kind) in _FIELDS.items():
        field = message.field.add(name=name, number=number, label=types.LABEL_OPTIONAL)
        if kind.endswith("Value"):
            field.type, field.type_name = types.TYPE_MESSAGE, f".google.protobuf.{kind}"
        else:
            field.type = types.TYPE_BOOL if kind == "bool" else types.TYPE_INT64
    message.field[list(_FIELDS).index("allowed_batch_sizes")].label = types.LABEL_REPEATED
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    descriptor = pool.FindMessageTypeByName("tensorflow.serving.BatchingParameters")
    return message_factory.GetMessageClass(descriptor)()
