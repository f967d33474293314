"""The executor of InfraValidator: TFX's, with our server as a process for a platform."""

from typing import Any, Final

import grpc
from absl import logging
from tensorflow_serving.apis import prediction_service_pb2_grpc
from tfx import types
from tfx.components.infra_validator import executor
from tfx.proto import infra_validator_pb2
from tfx.utils import path_utils

from components.infra_validator.answers import check_answer
from components.infra_validator.process import serving_process
from components.infra_validator.requests import for_all_signatures

REASON: Final = "reason"
"""The custom property that says why a model did not pass."""


class Executor(executor.Executor):
    """Where no platform is named, runs the server as a process, and looks at its answers."""

    _reason = ""

    def _Do(self, *, blessing: types.Artifact, **arguments: Any) -> None:  # noqa: N802
        try:
            super()._Do(blessing=blessing, **arguments)
        except (ValueError, OSError) as error:  # what the model lacks to be asked at all
            self._reason = _sentence(error)
            logging.exception("The model cannot be asked.")
            executor._mark_not_blessed(blessing)
        if self._reason:
            blessing.set_string_custom_property(REASON, self._reason)

    def _ValidateOnce(  # noqa: N802
        self,
        *,
        model_path: str,
        serving_spec: infra_validator_pb2.ServingSpec,
        validation_spec: infra_validator_pb2.ValidationSpec,
        requests: list[Any],
        **arguments: Any,
    ) -> None:
        try:
            requests = for_all_signatures(requests, model_path)
            if serving_spec.WhichOneof("serving_platform"):
                super()._ValidateOnce(
                    model_path=model_path,
                    serving_spec=serving_spec,
                    validation_spec=validation_spec,
                    requests=requests,
                    **arguments,
                )
            else:
                with serving_process(
                    model_path,
                    model_name=serving_spec.model_name,
                    patience_s=validation_spec.max_loading_time_seconds,
                ) as address:
                    _ask(address, requests)
        except Exception as error:
            self._reason = _sentence(error)
            raise

    def _CreateWarmupModel(  # noqa: N802
        self, blessing: types.Artifact, model_path: str, warmup_requests: list[Any]
    ) -> None:
        requests = for_all_signatures(warmup_requests, model_path)
        super()._CreateWarmupModel(blessing, model_path, requests)


def warm_model(blessing: types.Artifact) -> str:
    """Where the model with its warm-up requests is."""
    return str(path_utils.stamped_model_path(blessing.uri))


def _ask(address: str, requests: list[Any]) -> None:
    with grpc.insecure_channel(address) as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        for request in requests:
            signature = request.model_spec.signature_name
            try:
                check_answer(stub.Predict(request, timeout=60), signature)
            except grpc.RpcError as error:
                raise ValueError(
                    f"{signature} gives no answer to an example: {error.details()}"
                ) from error


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
