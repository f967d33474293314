"""Converts arrays from and to gRPC's TensorProto and REST's JSON."""

import base64
import itertools
import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from tensorflow.core.framework.tensor_pb2 import TensorProto

from serving.errors import invalid

_FIELDS: Final[dict[Any, str]] = {
    tf.float32: "float_val",
    tf.float64: "double_val",
    tf.int32: "int_val",
    tf.int64: "int64_val",
    tf.bool: "bool_val",
    tf.string: "string_val",
}

Json = Any


def from_proto(name: str, proto: TensorProto, *, max_elements: int) -> npt.NDArray[Any]:
    """The array of a TensorProto.

    A small proto may declare a shape of any size, which would be filled with its last value, so the
    size is checked before the array is built.

    Raises ServingError if the proto is malformed or has more elements.
    """
    if proto.tensor_shape.unknown_rank or any(dim.size < 0 for dim in proto.tensor_shape.dim):
        raise invalid(f"input {name} has no definite shape")
    elements = math.prod(dim.size for dim in proto.tensor_shape.dim)
    if elements > max_elements:
        raise invalid(f"input {name} says that it has {elements} elements; at most {max_elements}")
    try:
        if tf.as_dtype(proto.dtype) not in _FIELDS:
            raise TypeError(f"{tf.as_dtype(proto.dtype).name} is not supported")
        return np.asarray(tf.make_ndarray(proto))
    except (TypeError, ValueError) as error:
        raise invalid(f"input {name} is no tensor: {error}") from error


def to_proto(array: npt.NDArray[Any]) -> TensorProto:
    """A TensorProto with the values in the field of their type, which all clients can read."""
    dtype = tf.as_dtype(array.dtype)
    proto = TensorProto(dtype=dtype.as_datatype_enum)
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    getattr(proto, _FIELDS[dtype]).extend(array.ravel().tolist())
    return proto


def check_lists(name: str, value: Json, shape: tf.TensorShape, *, max_rows: int) -> None:
    """Checks nested lists before they become an array, which may need far more memory.

    It goes row by row, so that the server's other threads get their turn in between.

    Raises ServingError if there are too many rows, or the nesting does not match the shape.
    """
    if isinstance(value, list) and len(value) > max_rows:
        raise invalid(f"the request has {len(value)} pictures; send 1 to {max_rows}")
    if shape.rank is None:
        return
    sizes = shape.as_list()[1:]
    is_list = isinstance(value, list)
    if is_list != bool(shape.rank) or (is_list and not all(_fits(row, sizes) for row in value)):
        raise invalid(f"input {name} must have the shape {shape}, in nested lists")


def _fits(row: Json, sizes: list[int | None]) -> bool:
    """Whether a row is nested lists of these lengths; None is any length."""
    level: list[Any] = [row]
    for size in sizes:
        if not all(isinstance(part, list) for part in level):
            return False
        if size is not None and any(len(part) != size for part in level):
            return False
        level = list(itertools.chain.from_iterable(level))
    return not any(isinstance(part, list) for part in level)


def from_json(name: str, value: Json, dtype: tf.DType) -> npt.NDArray[Any]:
    """The array of nested lists, in which bytes are `{"b64": ...}`.

    Raises ServingError if the lists are ragged or hold values of another type.
    """
    kind = f"input {name} must hold {dtype.name}"
    try:
        if dtype == tf.string:
            array = np.array(_each(value, _to_bytes), dtype=object)
            if any(isinstance(element, list) for element in array.flat):
                raise ValueError("they are of several")
            return array
        # Row by row, so that the server's other threads get their turn in between.
        rows = isinstance(value, list) and bool(value)
        array = np.stack([np.array(row) for row in value]) if rows else np.array(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise invalid(f"{kind}, in lists of one length: {error}") from error
    if array.dtype.kind not in _KINDS.get(dtype, "biuf"):
        raise invalid(f"{kind}, not {array.dtype.name}")
    with np.errstate(over="ignore"):  # too large numbers become infinite, and are rejected later
        return array.astype(dtype.as_numpy_dtype)


_KINDS: Final[dict[Any, str]] = {tf.bool: "b", tf.int32: "iu", tf.int64: "iu"}


def to_json(name: str, array: npt.NDArray[Any]) -> Json:
    """Nested lists; bytes are `{"b64": ...}` if the name ends in `_bytes`, otherwise text.

    Raises ServingError if a value is not finite, since JSON has no such numbers.
    """
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise invalid(f"output {name} is not finite, which JSON cannot say; are the inputs?")
    if array.dtype.kind in "OS":
        return _each(array.tolist(), _b64 if name.endswith("_bytes") else bytes.decode)
    return array.tolist()


def _each(value: Json, convert: Callable[[Any], Any]) -> Json:
    return [_each(v, convert) for v in value] if isinstance(value, list) else convert(value)


def _to_bytes(value: Json) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, dict) and list(value) == ["b64"] and isinstance(value["b64"], str):
        return _from_base64(value["b64"])
    raise invalid('bytes are written as text or {"b64": "..."}')


def _from_base64(text: str) -> bytes:
    """Accepts line breaks and missing padding, as TensorFlow Serving's decoder does."""
    text = "".join(text.split())
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise invalid(f"b64 does not hold base64: {error}") from error


def _b64(value: bytes) -> Json:
    return {"b64": base64.b64encode(value).decode()}
