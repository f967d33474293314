"""InfraValidator: TFX's, which also knows a process as the place where the server runs.

It starts a real server on the exported model, asks it through each signature and checks what it
answers. What passes goes on to Pusher together with these requests, which every server then
replays when it loads the model.
"""

from typing import Final, Literal

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.proto import infra_validator_pb2
from tfx.types import standard_artifacts, standard_component_specs

from components.infra_validator.executor import Executor
from vocabulary import signatures
from vocabulary.splits import EVAL

SERVING_IMAGE: Final = "tensorflow/serving"
SERVING_TAG: Final = "2.21.0"

Platform = Literal["process", "docker"]


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
        """Serves `model` on a platform and asks for `examples` of the eval split.

        Args:
            model: what the Trainer exported.
            examples: with a split `eval`.
            platform: `process`: `python -m serving`; `docker`: TensorFlow Serving's image, which
                needs a Docker engine.
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
