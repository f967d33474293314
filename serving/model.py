"""One version of a SavedModel, restored in a session of its own as TensorFlow Serving does it.

A session can be closed, and then all its memory is free; functions that `tf.saved_model.load` gives
are never freed altogether.
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

DEFAULT_SIGNATURE: Final = "serving_default"
_INTERNAL: Final = "__saved_model_init_op"
_OF_THE_GRAPH: Final = (
    tf.errors.FailedPreconditionError,
    tf.errors.InvalidArgumentError,
    tf.errors.NotFoundError,
    tf.errors.UnimplementedError,
)
"""What a graph cannot work with, or lacks: a variable, a table, an operation."""
_CODES: Final = {code.value[0]: code for code in grpc.StatusCode}
"""TensorFlow's codes are gRPC's, and TensorFlow Serving answers with them."""

Tensors = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Signature:
    """A way to ask a model.

    Its `definition` is TensorFlow's SignatureDef, `inputs` are the types and shapes in it, in the
    order that `call` takes; `outputs` are in the order that it gives.
    """

    name: str
    definition: Any
    inputs: dict[str, tuple[tf.DType, tf.TensorShape]]
    outputs: tuple[str, ...]
    call: Callable[..., list[npt.NDArray[Any]]]

    @functools.cached_property
    def batched(self) -> bool:
        """Whether inputs and outputs are a batch of any size, of rows that are all of one shape."""
        given = [shape for _, shape in self.inputs.values()]
        if not all(shape.rank and shape[1:].is_fully_defined() for shape in given):
            return False
        answered = (tf.TensorShape(o.tensor_shape) for o in self.definition.outputs.values())
        return all(s.rank and s[0] is None for s in itertools.chain(given, answered))

    def rows(self, inputs: Mapping[str, npt.NDArray[Any]]) -> int:
        """How many rows the inputs have that could as well stand in a larger batch; 0 for none."""
        sizes = {len(array) if array.ndim else 0 for array in inputs.values()}
        return sizes.pop() if self.batched and len(sizes) == 1 else 0

    def check(self, inputs: Mapping[str, npt.NDArray[Any]]) -> None:
        """Compares names, types and shapes with what the signature takes.

        Raises:
            ServingError: if they differ, or if a number is not finite.
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
    """A loaded version; `use` keeps it open for as long as somebody is working with it."""

    def __init__(self, folder: Path, *, threads_per_op: int = 0):
        """Loads the model.

        Args:
            folder: of the version.
            threads_per_op: how many cores one operation may use, in the whole process; 0 for as
                many as there are.

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
        """The signature of that name; of no name: the default.

        Raises:
            ServingError: if there is none.
        """
        wanted = name or DEFAULT_SIGNATURE
        if wanted not in self.signatures:
            raise invalid(
                f"Serving signature name: {wanted!r:.100} not found in signature def; "
                f"the model has {sorted(self.signatures)}"
            )
        return self.signatures[wanted]

    def predict(self, signature: Signature, inputs: Tensors) -> Tensors:
        """Runs the model.

        Args:
            signature: one of this model.
            inputs: checked against it; strings are arrays of dtype object.

        Raises:
            ServingError: if the inputs do not fit, or the model cannot work with them.
        """
        signature.check(inputs)
        try:
            values = signature.call(*(inputs[key] for key in signature.inputs))
        except _OF_THE_GRAPH as error:
            raise ServingError(_CODES[error.error_code], _sentence(error)) from error
        return dict(zip(signature.outputs, values, strict=True))

    @contextlib.contextmanager
    def use(self) -> Iterator[bool]:
        """Keeps the model open; gives False if it is unloaded already."""
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
        """Takes no new users; the last one closes the session."""
        with self._lock:
            idle = not self._unloaded and not self._users
            self._unloaded = True
        if idle:
            self._close()

    def _close(self) -> None:
        self._session.close()
        # A session is deleted, with its graph and weights, when nothing in Python holds it: cycles
        # do, until they are collected, and then the allocator keeps what it got.
        self.signatures = {}
        del self._session
        gc.collect()
        release_memory()


def release_memory() -> None:
    """Gives what is free back to the machine; the allocator would keep it."""
    ctypes.CDLL(None).malloc_trim(0)


def _sentence(error: tf.errors.OpError) -> str:
    """What the operation said, without the graph's account of where it stands."""
    return str(error.message).removeprefix("Graph execution error:").strip().split("\n")[0]
