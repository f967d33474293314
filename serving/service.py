"""What both protocols do with a request: find the version, wait for a place, run, count."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import grpc

from serving.admission import Admission
from serving.errors import ServingError, not_found
from serving.manager import ModelManager, VersionStatus
from serving.metrics import Metrics
from serving.model import Model, Signature, Tensors
from serving.options import ServerOptions
from serving.pictures import check_pictures

Reader = Callable[[Model], tuple[Signature, Tensors]]


@dataclass(frozen=True)
class Answer:
    """What a model answered, and which version it was."""

    version: int
    signature: str
    outputs: Tensors


class Service:
    """One model, in all the versions that are served."""

    def __init__(self, options: ServerOptions):
        self.options = options
        self.metrics = Metrics(options.model_name)
        self.manager = ModelManager(options, self.metrics)
        self.admission = Admission(max_running=options.max_running, max_queued=options.max_queued)

    def predict(
        self,
        read: Reader,
        *,
        model_name: str,
        version: int | None,
        entrypoint: str,
        timeout_s: float | None = None,
    ) -> Answer:
        """Runs a model.

        Args:
            read: gives the signature and its inputs; called when there is a place, since a request
                takes more memory when it has been read.
            model_name: must be this one.
            version: None for the newest.
            entrypoint: GRPC or REST, for the metrics.
            timeout_s: how long to wait for a place; None for the server's own patience.

        Raises:
            ServingError: if there is no answer.
        """
        began = time.perf_counter()
        patience = self.options.rest_api_timeout_in_ms / 1000 if timeout_s is None else timeout_s
        status = grpc.StatusCode.INTERNAL
        try:
            self.check_name(model_name)
            with (
                self.admission.place(deadline=time.monotonic() + patience),
                self.manager.use(version) as (used, model),
            ):
                signature, inputs = read(model)
                check_pictures(
                    inputs,
                    max_pictures=self.options.max_request_pictures,
                    max_pixels=self.options.max_request_pixels,
                )
                outputs = model.predict(signature, inputs)
            status = grpc.StatusCode.OK
            return Answer(version=used, signature=signature.name, outputs=outputs)
        except ServingError as error:
            status = error.code
            raise
        finally:
            self.metrics.request(entrypoint=entrypoint, status=status.name, began=began)

    def statuses(self, model_name: str, version: int | None) -> list[VersionStatus]:
        """How the versions fare.

        Raises:
            ServingError: if there is no such model or version.
        """
        if model_name != self.options.model_name:
            raise not_found(f"Could not find any versions of model {model_name}")
        return self.manager.statuses(version)

    def check_name(self, model_name: str) -> None:
        """Refuses the name of another model.

        Raises:
            ServingError: NOT_FOUND.
        """
        if model_name != self.options.model_name:
            raise not_found(f"Servable not found for request: Latest({model_name})")
