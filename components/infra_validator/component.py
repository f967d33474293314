"""InfraValidator: TFX's, which also knows a process as the place where the server runs.

It starts a real server on the exported model, asks it through each signature and checks what it
answers. What passes goes on to Pusher together with these requests, which every server then
replays when it loads the model.

TFX's takes any exception for the model's fault. Here only the model's own faults are a verdict
(`ModelRefusedError`); whatever else goes wrong fails the component.
"""

import shutil
import tempfile
import time
from typing import Any, Final, Literal, NoReturn

import grpc
import tensorflow as tf
from absl import logging
from docker.errors import DockerException
from tensorflow_serving.apis import prediction_service_pb2_grpc
from tfx import types
from tfx.components.infra_validator import executor
from tfx.components.infra_validator.error_types import GracefulShutdown, ValidationFailed
from tfx.dsl.components.base import base_component, executor_spec
from tfx.proto import infra_validator_pb2
from tfx.types import standard_artifacts, standard_component_specs
from tfx.utils import io_utils, path_utils
from tfx.utils.model_paths import tf_serving_flavor

from components.infra_validator.answers import check_outputs
from components.infra_validator.errors import ModelRefusedError, NotJudgedError
from components.infra_validator.process import serving_process
from components.infra_validator.requests import check_signatures, for_all_signatures
from vocabulary import signatures
from vocabulary.card import task_of
from vocabulary.splits import EVAL
from vocabulary.task.options import TaskBase

SERVING_IMAGE: Final = "tensorflow/serving"
SERVING_TAG: Final = "2.21.0"

Platform = Literal["process", "docker"]

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
        self, *, model_path: str, requests: list[Any], **specs: Any
    ) -> None:
        requests = for_all_signatures(requests, model_path)
        serving = specs["serving_spec"]
        try:
            if serving.WhichOneof("serving_platform"):
                super()._ValidateOnce(model_path=model_path, requests=requests, **specs)
            else:
                with serving_process(
                    model_path,
                    model_name=serving.model_name,
                    patience_s=specs["validation_spec"].max_loading_time_seconds,
                ) as address:
                    _ask(address, requests, task_of(model_path))
        except Exception as error:
            _raise_as_what_it_is(error)

    def _CreateWarmupModel(  # noqa: N802
        self, blessing: types.Artifact, model_path: str, warmup_requests: list[Any]
    ) -> None:
        requests = for_all_signatures(warmup_requests, model_path)
        super()._CreateWarmupModel(blessing, model_path, requests)


def _exported(model: types.Artifact) -> str:
    return str(path_utils.serving_model_path(model.uri, path_utils.is_old_model_artifact(model)))


def _ask(address: str, requests: list[Any], task: TaskBase) -> None:
    with grpc.insecure_channel(address) as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        for request in requests:
            response = stub.Predict(request, timeout=60)
            outputs = {name: tf.make_ndarray(proto) for name, proto in response.outputs.items()}
            name = request.model_spec.signature_name
            check_outputs(outputs, name, rows=1, task=task)


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


class InfraValidator(base_component.BaseComponent):
    """TFX's component in all but its class, which Kubeflow's compiler refuses: it needs no Docker.

    Outputs:
        blessing: standard_artifacts.InfraBlessing; holds the model with its warm-up requests if it
            passed, and the custom property `reason`, a sentence, if it did not.
    """

    SPEC_CLASS = standard_component_specs.InfraValidatorSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(Executor)

    def __init__(
        self, *, model: types.BaseChannel, examples: types.BaseChannel, platform: Platform
    ):
        """Serves the Trainer's `model` on a platform and asks for `examples` of the eval split.

        A `process` is `python -m serving`; `docker` is TensorFlow Serving's image, which needs a
        Docker engine.
        """
        serving = infra_validator_pb2.ServingSpec(
            model_name=signatures.MODEL_NAME,
            tensorflow_serving=infra_validator_pb2.TensorFlowServing(
                image_name=SERVING_IMAGE, tags=[SERVING_TAG]
            ),
        )
        if platform == "docker":
            serving.local_docker.CopyFrom(infra_validator_pb2.LocalDockerConfig())
        spec = standard_component_specs.InfraValidatorSpec(
            blessing=types.Channel(type=standard_artifacts.InfraBlessing),
            model=model,
            examples=examples,
            serving_spec=serving,
            validation_spec=infra_validator_pb2.ValidationSpec(
                max_loading_time_seconds=120, num_tries=1
            ),
            request_spec=infra_validator_pb2.RequestSpec(
                tensorflow_serving=infra_validator_pb2.TensorFlowServingRequestSpec(
                    signature_names=[signatures.EXAMPLES]
                ),
                split_name=EVAL,
                num_examples=3,
                make_warmup=True,
            ),
        )
        super().__init__(spec=spec)
