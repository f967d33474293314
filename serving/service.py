"""What gRPC and REST have in common: find the version, wait for resources, run, count."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import grpc

from serving.admission import Admission, Budget
from serving.batching import Batcher
from serving.errors import ServingError, invalid, not_found
from serving.manager import ModelManager, VersionStatus
from serving.metrics import Metrics
from serving.model import Model, Signature, Tensors, release_memory
from serving.options import ServerOptions
from serving.pictures import check_pictures
from vocabulary import signatures

_LARGE: Final = 1 << 20
"""Bytes or pixels of a request that runs long and frees much memory."""
_KINDS: Final = {"classify": "classification", "regress": "regression"}

Reader = Callable[[Model], tuple[Signature, Tensors]]


@dataclass(frozen=True)
class Answer:
    """A model's outputs, with the version and the signature that gave them."""

    version: int
    signature: str
    outputs: Tensors


class Service:
    """One model in all its served versions."""

    def __init__(self, options: ServerOptions):
        self.options = options
        self.metrics = Metrics(options.model_name)
        self.manager = ModelManager(options, self.metrics)
        self.admission = Admission(options.max_running + options.max_queued)
        self._batcher = Batcher(options.batching) if options.batching else None
        self._bytes = Budget(options.max_running * options.max_request_bytes)
        self._pixels = Budget(options.max_request_pixels)
        self._calls = Budget(options.max_running)

    def predict(
        self,
        read: Reader,
        *,
        size: int,
        model_name: str,
        version: int | None,
        entrypoint: str,
        timeout_s: float | None = None,
    ) -> Answer:
        """Runs a version, None for the newest.

        `read` gives the signature and its inputs, when there is memory for the `size` bytes of the
        request. Resources are waited for `timeout_s`, by default `rest_api_timeout_in_ms`.

        Raises ServingError if the request is rejected.
        """
        began = time.perf_counter()
        if timeout_s is None:
            timeout_s = self.options.rest_api_timeout_in_ms / 1000
        status = grpc.StatusCode.INTERNAL
        pixels = 0
        try:
            self.check_name(model_name)
            deadline = time.monotonic() + timeout_s
            with (
                self.admission.admitted(),
                self.manager.use(version) as (used, model),
                self._bytes.share(size, deadline=deadline),
            ):
                signature, inputs = read(model)
                signature.check(inputs)
                pixels = check_pictures(
                    inputs,
                    max_pictures=self.options.max_request_pictures,
                    max_pixels=self.options.max_request_pixels,
                )
                with self._pixels.share(pixels, deadline=deadline):
                    outputs = self._run(model, signature, inputs, pixels, deadline)
            status = grpc.StatusCode.OK
            return Answer(version=used, signature=signature.name, outputs=outputs)
        except ServingError as error:
            status = error.code
            raise
        finally:
            if max(size, pixels) > _LARGE:
                release_memory()
            self.metrics.request(entrypoint=entrypoint, status=status.name, began=began)

    @contextlib.contextmanager
    def decoding(self, inputs: Tensors) -> Iterator[None]:
        """Within the context, the server has room to decode these pictures itself.

        Raises ServingError if they are too many, too large or broken, or there is no room in time.
        """
        pixels = check_pictures(
            inputs,
            max_pictures=self.options.max_request_pictures,
            max_pixels=self.options.max_request_pixels,
        )
        deadline = time.monotonic() + self.options.rest_api_timeout_in_ms / 1000
        with self._pixels.share(pixels, deadline=deadline), self._calls.share(1, deadline=deadline):
            yield

    def _run(
        self, model: Model, signature: Signature, inputs: Tensors, pixels: int, deadline: float
    ) -> Tensors:
        # Pictures that take long to decode would delay the other requests in their batch.
        batcher = self._batcher
        if batcher and 0 < pixels <= batcher.batches(signature, inputs) * _LARGE:
            return batcher.run(model, signature, inputs, deadline=deadline)
        with self._calls.share(1, deadline=deadline):
            return model.predict(signature, inputs)

    def statuses(self, model_name: str, version: int | None) -> list[VersionStatus]:
        """The states of all versions, or of one.

        Raises ServingError if there is no such model or version.
        """
        if model_name != self.options.model_name:
            raise not_found(f"Could not find any versions of model {model_name}")
        return self.manager.statuses(version)

    def check_name(self, model_name: str) -> None:
        """Checks the name of the model in a request.

        Raises:
            ServingError: NOT_FOUND, if it is another model's.
        """
        if model_name != self.options.model_name:
            raise not_found(f"Servable not found for request: Latest({model_name})")

    def refusal(
        self,
        method: str,
        *,
        model_name: str,
        version: int | None,
        signature_name: str = signatures.DEFAULT,
    ) -> ServingError:
        """The error for a `classify` or `regress` request, which no signature here supports.

        It is in TensorFlow Serving's words, so that nobody looks for a mistake in the URL.
        """
        self.check_name(model_name)
        with self.manager.use(version) as (_, model):
            signature = model.signatures.get(signature_name)
        if signature is None:
            return invalid(f"No signature was found with the name: {signature_name}")
        actual, wanted = signature.definition.method_name, f"tensorflow/serving/{method}"
        if actual != wanted:
            return invalid(
                f"Expected {_KINDS[method]} signature method_name to be {wanted}. Was: {actual}"
            )
        return ServingError(grpc.StatusCode.UNIMPLEMENTED, "this server supports Predict only")
