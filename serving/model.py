"""One version of a SavedModel, restored in a session of its own as TensorFlow Serving does.

Closing the session frees all its memory; functions that `tf.saved_model.load` returns are never
freed completely.
"""

import contextlib
import ctypes
import functools
import gc
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import grpc
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from tensorflow.python.saved_model.loader_impl import SavedModelLoader

from serving.errors import ServingError, invalid
from vocabulary import signatures

_INTERNAL: Final = "__saved_model_init_op"
_OF_THE_GRAPH: Final = (
    tf.errors.FailedPreconditionError,
    tf.errors.InvalidArgumentError,
    tf.errors.NotFoundError,
    tf.errors.UnimplementedError,
)
"""Errors of inputs that a graph cannot handle, or of a variable, table or operation it lacks."""
_CODES: Final = {code.value[0]: code for code in grpc.StatusCode}
"""TensorFlow's error codes are those of gRPC, and TensorFlow Serving returns them as such."""

Tensors = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Signature:
    """A signature of a model.

    `definition` is TensorFlow's SignatureDef; `inputs` are its types and shapes, in the order of
    the arguments of `call`; `outputs` are in the order of the results of `call`.
    """

    name: str
    definition: Any
    inputs: dict[str, tuple[tf.DType, tf.TensorShape]]
    outputs: tuple[str, ...]
    call: Callable[..., list[npt.NDArray[Any]]]

    @functools.cached_property
    def batched(self) -> bool:
        """Whether inputs and outputs are batches of any size, with rows of one fixed shape."""
        inputs = [shape for _, shape in self.inputs.values()]
        if not all(shape.rank and shape[1:].is_fully_defined() for shape in inputs):
            return False
        outputs = (tf.TensorShape(o.tensor_shape) for o in self.definition.outputs.values())
        return all(s.rank and s[0] is None for s in itertools.chain(inputs, outputs))

    def rows(self, inputs: Mapping[str, npt.NDArray[Any]]) -> int:
        """The number of rows in the inputs; 0 if they cannot be part of a larger batch."""
        sizes = {len(array) if array.ndim else 0 for array in inputs.values()}
        return sizes.pop() if self.batched and len(sizes) == 1 else 0

    def check(self, inputs: Mapping[str, npt.NDArray[Any]]) -> None:
        """Checks names, types and shapes, and that all numbers are finite.

        Raises ServingError if the inputs do not match the signature.
        """
        if set(inputs) != set(self.inputs):
            raise invalid(
                f"signature {self.name} takes the inputs {list(self.inputs)}, not {sorted(inputs)}"
            )
        for name, (dtype, shape) in self.inputs.items():
            value = inputs[name]
            if tf.as_dtype(value.dtype) != dtype:
                raise invalid(f"input {name} must be {dtype.name}, not {value.dtype.name}")
            if not shape.is_compatible_with(value.shape):
                raise invalid(f"input {name} must have the shape {shape}, not {value.shape}")
            if dtype.is_floating and not np.isfinite(value).all():
                raise invalid(f"input {name} has a number that is not finite; send finite ones")


class Model:
    """A loaded version; it stays open within `use`."""

    def __init__(self, folder: Path, *, threads_per_op: int = 0):
        """Loads a version, of which one operation may use so many cores; 0 for all.

        Raises:
            Exception: whatever TensorFlow raises for a folder that holds no working SavedModel.
        """
        graph = tf.Graph()
        config = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=threads_per_op)
        self._session = tf.compat.v1.Session(graph=graph, config=config)
        try:
            with graph.as_default():
                meta_graph = SavedModelLoader(str(folder)).load(
                    self._session, [tf.saved_model.SERVING]
                )
            self.signatures = {
                name: self._signature(name, definition)
                for name, definition in meta_graph.signature_def.items()
                if name != _INTERNAL
            }
        except BaseException:
            self._session.close()
            raise
        self._users = 0
        self._unloaded = False
        self._lock = threading.Lock()

    def _signature(self, name: str, definition: Any) -> Signature:
        inputs = {
            key: (tf.as_dtype(info.dtype), tf.TensorShape(info.tensor_shape))
            for key, info in sorted(definition.inputs.items())
        }
        outputs = tuple(sorted(definition.outputs))
        call = self._session.make_callable(
            [definition.outputs[key].name for key in outputs],
            feed_list=[definition.inputs[key].name for key in inputs],
        )
        return Signature(
            name=name, definition=definition, inputs=inputs, outputs=outputs, call=call
        )

    def signature(self, name: str) -> Signature:
        """The signature of a name; an empty one stands for the default.

        Raises ServingError if there is no such signature.
        """
        wanted = name or signatures.DEFAULT
        if wanted not in self.signatures:
            raise invalid(
                f"Serving signature name: {wanted!r:.100} not found in signature def; "
                f"the model has {sorted(self.signatures)}"
            )
        return self.signatures[wanted]

    def predict(self, signature: Signature, inputs: Tensors) -> Tensors:
        """Runs a signature of this model; strings are arrays of dtype object.

        Raises ServingError if the inputs do not match the signature, or the model rejects them.
        """
        signature.check(inputs)
        try:
            values = signature.call(*(inputs[key] for key in signature.inputs))
        except _OF_THE_GRAPH as error:
            raise ServingError(_CODES[error.error_code], _sentence(error)) from error
        return dict(zip(signature.outputs, values, strict=True))

    @contextlib.contextmanager
    def use(self) -> Iterator[bool]:
        """Keeps the model open within the context; False if it is unloaded already."""
        with self._lock:
            usable = not self._unloaded
            self._users += usable
        try:
            yield usable
        finally:
            if usable:
                with self._lock:
                    self._users -= 1
                    last = self._unloaded and not self._users
                if last:
                    self._close()

    def unload(self) -> None:
        """Closes the session, at once or when the last user is done."""
        with self._lock:
            idle = not self._unloaded and not self._users
            self._unloaded = True
        if idle:
            self._close()

    def _close(self) -> None:
        self._session.close()
        # The graph and the weights are deleted with the last reference to the session. Cycles hold
        # references until they are collected, and then the allocator keeps the memory.
        self.signatures = {}
        del self._session
        gc.collect()
        release_memory()


def release_memory() -> None:
    """Returns free memory to the system; the allocator would keep it."""
    ctypes.CDLL(None).malloc_trim(0)


def _sentence(error: tf.errors.OpError) -> str:
    """The message of the operation, without its place in the graph."""
    return str(error.message).removeprefix("Graph execution error:").strip().split("\n")[0]
