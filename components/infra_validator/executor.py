"""The executor of InfraValidator: TFX's, with our server as a process for a platform.

TFX's takes any exception for the model's fault. Here only the model's own faults are a verdict
(`ModelRefusedError`); whatever else goes wrong fails the component.
"""

import shutil
import tempfile
import time
from pathlib import Path
from typing import Any, Final, NoReturn

import grpc
from absl import logging
from docker.errors import DockerException
from tensorflow_serving.apis import prediction_service_pb2_grpc
from tfx import types
from tfx.components.infra_validator import executor
from tfx.components.infra_validator.error_types import GracefulShutdown, ValidationFailed
from tfx.proto import infra_validator_pb2
from tfx.utils import io_utils, path_utils
from tfx.utils.model_paths import tf_serving_flavor

from components.infra_validator.answers import check_answer
from components.infra_validator.errors import ModelRefusedError, NotJudgedError
from components.infra_validator.process import serving_process
from components.infra_validator.requests import check_signatures, for_all_signatures
from vocabulary.card import task_of
from vocabulary.task.answers import Answers
from vocabulary.task.find import task_part

REASON: Final = "reason"
"""The custom property that says why a model did not pass."""

_OF_THE_MODEL: Final = (
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.UNIMPLEMENTED,
)
"""What a server answers when the model cannot work with a sane request."""


class Executor(executor.Executor):
    """Where no platform is named, runs the server as a process, and looks at its answers."""

    def _Do(  # noqa: N802
        self, *, model: types.Artifact, blessing: types.Artifact, **arguments: Any
    ) -> None:
        try:
            check_signatures(_exported(model))
            super()._Do(model=model, blessing=blessing, **arguments)
        except ModelRefusedError as error:
            logging.exception("The model is refused.")
            executor._mark_not_blessed(blessing)
            blessing.set_string_custom_property(REASON, _sentence(error))

    def _PrepareModelPath(  # noqa: N802
        self, model: types.Artifact, serving_spec: infra_validator_pb2.ServingSpec
    ) -> str:
        """Copies the model to this machine, from wherever it is: servers know folders alone."""
        folder = tempfile.mkdtemp(prefix="digits-")
        self._AddCleanup(shutil.rmtree, folder, ignore_errors=True)
        path = tf_serving_flavor.make_model_path(
            model_base_path=folder, model_name=serving_spec.model_name, version=int(time.time())
        )
        io_utils.copy_dir(src=_exported(model), dst=path)
        return str(path)

    def _ValidateWithRetry(self, **arguments: Any) -> bool:  # noqa: N802
        self._ValidateOnce(**arguments)
        return True

    def _ValidateOnce(  # noqa: N802
        self,
        *,
        model_path: str,
        serving_spec: infra_validator_pb2.ServingSpec,
        validation_spec: infra_validator_pb2.ValidationSpec,
        requests: list[Any],
        **arguments: Any,
    ) -> None:
        requests = for_all_signatures(requests, model_path)
        try:
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
                    _ask(address, requests, task_part(task_of(Path(model_path)), "answers"))
        except Exception as error:
            _raise_as_what_it_is(error)

    def _CreateWarmupModel(  # noqa: N802
        self, blessing: types.Artifact, model_path: str, warmup_requests: list[Any]
    ) -> None:
        requests = for_all_signatures(warmup_requests, model_path)
        super()._CreateWarmupModel(blessing, model_path, requests)


def _exported(model: types.Artifact) -> str:
    return str(path_utils.serving_model_path(model.uri, path_utils.is_old_model_artifact(model)))


def _ask(address: str, requests: list[Any], answers: Answers) -> None:
    with grpc.insecure_channel(address) as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        for request in requests:
            response = stub.Predict(request, timeout=60)
            check_answer(response, request.model_spec.signature_name, answers=answers)


def _raise_as_what_it_is(error: Exception) -> NoReturn:
    """Raises a fault of the model as such, and all else as what kept it from being judged."""
    if isinstance(error, ModelRefusedError | GracefulShutdown):
        raise error
    if isinstance(error, ValidationFailed):
        raise ModelRefusedError(f"{_sentence(error)} The log says why.") from error
    if isinstance(error, grpc.Call) and error.code() in _OF_THE_MODEL:
        raise ModelRefusedError(f"an example gets no answer: {error.details()}") from error
    if isinstance(error, grpc.Call):
        why = f"the server does not answer: {error.code().name}, {error.details()}"
    elif isinstance(error, DockerException):
        why = f"{_sentence(error)}; start Docker, or set serving.platform to process"
    else:
        why = _sentence(error)
    raise NotJudgedError(f"the model could not be judged: {why}") from error


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
