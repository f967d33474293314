"""gRPC: TensorFlow Serving's PredictionService and ModelService, and the health service."""

import contextlib
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import grpc
from google.protobuf.message import DecodeError
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from serving.errors import ServingError, invalid, unknown_label
from serving.manager import VersionStatus
from serving.model import Model, Signature, Tensors
from serving.service import Service
from serving.tensors import from_proto, to_proto
from vocabulary import signatures

_OVERHEAD: Final = 1024
"""Bytes of a message besides its tensors."""
_HEALTHY: Final = ("", "ModelService", "PredictionService")
"""The names of the health service, as in TensorFlow Serving; the empty one is the server."""
_SPARE_THREADS: Final = 8
"""Threads beyond those of waiting requests, to reject further ones and for the health service."""


def _is_relevant(record: logging.LogRecord) -> bool:
    """Whether a log record of gRPC is about anything but a malformed protobuf message.

    Those are no fault of the server, and anybody could fill the log with them.
    """
    return not (record.exc_info and isinstance(record.exc_info[1], DecodeError))


logging.getLogger("grpc._common").addFilter(_is_relevant)


def _not_offered(servicer: object, request: Any, context: Any) -> None:
    context.abort(grpc.StatusCode.UNIMPLEMENTED, "this server supports Predict only")


class GrpcServer:
    """The gRPC services and their port."""

    def __init__(self, service: Service):
        options = service.options
        self._pool = ThreadPoolExecutor(service.admission.capacity + _SPARE_THREADS, "grpc")
        self._server = grpc.server(
            self._pool,
            # Further ones would wait in memory only to be rejected.
            maximum_concurrent_rpcs=2 * service.admission.capacity + _SPARE_THREADS,
            options=[
                ("grpc.max_receive_message_length", options.max_request_bytes + _OVERHEAD),
                ("grpc.max_send_message_length", -1),
                ("grpc.so_reuseport", 0),
            ],
        )
        self._health = health.HealthServicer()
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            _Prediction(service), self._server
        )
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(_Models(service), self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self.port = self._server.add_insecure_port(options.address(options.port))

    def start(self) -> None:
        """Starts accepting requests."""
        self._server.start()
        for name in _HEALTHY:
            self._health.set(name, health_pb2.HealthCheckResponse.SERVING)

    def stop(self, *, grace_s: float) -> None:
        """Stops accepting requests and finishes those in flight."""
        self._health.enter_graceful_shutdown()
        self._server.stop(grace_s).wait()
        self._pool.shutdown(wait=False)


class _Prediction(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, service: Service):
        self._service = service

    def Predict(self, request: Any, context: Any) -> Any:  # noqa: N802
        def read(model: Model) -> tuple[Signature, Tensors]:
            limit = self._service.options.max_request_bytes
            return model.signature(request.model_spec.signature_name), {
                name: from_proto(name, proto, max_elements=limit)
                for name, proto in request.inputs.items()
            }

        with _errors_as_codes(context):
            answer = self._service.predict(
                read,
                size=request.ByteSize(),
                model_name=request.model_spec.name,
                version=_version(request.model_spec),
                entrypoint="GRPC",
                timeout_s=_timeout_s(context),
            )
            response = predict_pb2.PredictResponse()
            _fill(response.model_spec, self._service, answer.version, answer.signature)
            for name in _selected(request.output_filter, answer.outputs):
                response.outputs[name].CopyFrom(to_proto(answer.outputs[name]))
            return response

    def GetModelMetadata(self, request: Any, context: Any) -> Any:  # noqa: N802
        with _errors_as_codes(context):
            self._service.check_name(request.model_spec.name)
            if not request.metadata_field:
                raise invalid("GetModelMetadataRequest must specify at least one metadata_field")
            for name in request.metadata_field:
                if name != "signature_def":
                    raise invalid(f"Metadata field {name:.100} is not supported")
            return metadata(self._service, _version(request.model_spec))

    def Classify(self, request: Any, context: Any) -> None:  # noqa: N802
        self._refuse("classify", request, context)

    def Regress(self, request: Any, context: Any) -> None:  # noqa: N802
        self._refuse("regress", request, context)

    def _refuse(self, method: str, request: Any, context: Any) -> None:
        with _errors_as_codes(context):
            spec = request.model_spec
            raise self._service.refusal(
                method,
                model_name=spec.name,
                version=_version(spec),
                signature_name=spec.signature_name or signatures.DEFAULT,
            )

    MultiInference = _not_offered


class _Models(model_service_pb2_grpc.ModelServiceServicer):
    def __init__(self, service: Service):
        self._service = service

    def GetModelStatus(self, request: Any, context: Any) -> Any:  # noqa: N802
        with _errors_as_codes(context):
            spec = request.model_spec
            # As in TensorFlow Serving, a label is ignored here and all versions are returned.
            version = int(spec.version.value) if spec.HasField("version") else None
            return status_response(self._service.statuses(spec.name, version))

    HandleReloadConfigRequest = _not_offered


def metadata(service: Service, version: int | None) -> Any:
    """A GetModelMetadataResponse with the signatures of a version.

    Raises ServingError if it is not served.
    """
    with service.manager.use(version) as (used, model):
        signatures = get_model_metadata_pb2.SignatureDefMap()
        for name, signature in model.signatures.items():
            signatures.signature_def[name].CopyFrom(signature.definition)
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    _fill(response.model_spec, service, used, "")
    response.metadata["signature_def"].Pack(signatures)
    return response


def status_response(statuses: list[VersionStatus]) -> Any:
    """A GetModelStatusResponse of these statuses."""
    response = get_model_status_pb2.GetModelStatusResponse()
    states = get_model_status_pb2.ModelVersionStatus.State
    for status in statuses:
        entry = response.model_version_status.add(
            version=status.version, state=states.Value(status.state)
        )
        if status.reason:
            entry.status.error_code = grpc.StatusCode.INTERNAL.value[0]
        entry.status.error_message = status.reason
    return response


def _fill(spec: Any, service: Service, version: int, signature: str) -> None:
    spec.name = service.options.model_name
    spec.version.value = version
    spec.signature_name = signature


def _version(spec: Any) -> int | None:
    if spec.WhichOneof("version_choice") == "version_label":
        raise unknown_label(spec.version_label)
    return int(spec.version.value) if spec.HasField("version") else None


def _timeout_s(context: Any) -> float | None:
    """The time until the client's deadline; None if it has none, which gRPC reports as 9e18 s."""
    remaining = float(context.time_remaining())
    return remaining if remaining < threading.TIMEOUT_MAX else None


def _selected(output_filter: Any, outputs: Tensors) -> list[str]:
    for name in output_filter:
        if name not in outputs:
            raise invalid(f"output_filter names {name}; the outputs are {sorted(outputs)}")
    return list(output_filter) or list(outputs)


@contextlib.contextmanager
def _errors_as_codes(context: Any) -> Iterator[None]:
    """Returns errors with their codes; unexpected ones are logged and returned as INTERNAL."""
    try:
        yield
    except ServingError as error:
        context.abort(error.code, error.message)
    except Exception:
        logging.exception("a request failed")
        context.abort(grpc.StatusCode.INTERNAL, "the server failed; its log says why")
