"""A compiled pipeline, parsed by its protos."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format
from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes_pb
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.parameters import opened
from kubeflow.spec_file import CompiledPipeline
from vocabulary.leaves import leaves


@dataclass(frozen=True)
class Pipeline:
    """A compiled pipeline as it is sent, and parsed; `platform` is empty if it has none."""

    compiled: CompiledPipeline
    spec: pb.PipelineSpec
    deployment: pb.PipelineDeploymentConfig
    platform: pb.PlatformSpec

    @property
    def asked_of_kubernetes(self) -> dict[str, Any]:
        """What each executor asks of it, in JSON's form; it may ask for what there is not."""
        asked = self.platform.platforms["kubernetes"].deployment_spec.executors
        return {label: json_format.MessageToDict(config) for label, config in asked.items()}

    @property
    def pods(self) -> dict[str, kubernetes_pb.KubernetesExecutorConfig]:
        """The same, parsed, without those that ask for what there is not."""
        parsed = {}
        for label, asked in self.asked_of_kubernetes.items():
            with contextlib.suppress(json_format.ParseError):
                parsed[label] = json_format.ParseDict(
                    asked, kubernetes_pb.KubernetesExecutorConfig()
                )
        return parsed


def parse(compiled: CompiledPipeline) -> Pipeline:
    """Parses all parts, refusing unknown fields.

    Raises json_format.ParseError if a part is not what its proto says.
    """
    json_format.ParseDict(compiled.job, pb.PipelineJob())
    spec = json_format.ParseDict(compiled.spec, pb.PipelineSpec())
    return Pipeline(
        compiled,
        spec,
        json_format.ParseDict(
            json_format.MessageToDict(spec.deployment_spec), pb.PipelineDeploymentConfig()
        ),
        json_format.ParseDict(compiled.platform or {}, pb.PlatformSpec()),
    )


def container_of_task(pipeline: Pipeline, task: pb.PipelineTaskSpec) -> Any:
    """The container that a task runs, or an empty one; to ask the maps themselves adds to them."""
    component = pipeline.spec.components.get(task.component_ref.name) or pb.ComponentSpec()
    executor = pipeline.deployment.executors.get(component.executor_label)
    return (executor or pb.PipelineDeploymentConfig.ExecutorSpec()).container


def producers(task: pb.PipelineTaskSpec) -> set[str]:
    """The tasks whose outputs a task reads."""
    sources = (source.task_output_artifact for source in task.inputs.artifacts.values())
    return {source.producer_task for source in sources if source.producer_task}


def mounts(pipeline: Pipeline) -> dict[str, str]:
    """The claim of the volume that is mounted at each path."""
    return {
        mount.mount_path: mount.constant
        for pod in pipeline.pods.values()
        for mount in pod.pvc_mount
    }


def claims(pipeline: Pipeline) -> dict[str, list[str]]:
    """The claims of the volumes that are mounted into each executor's pod, by its label."""
    return {
        label: [mount.constant for mount in pod.pvc_mount] for label, pod in pipeline.pods.items()
    }


def texts(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Every text among the parameters and commands, with where it stands."""
    for name, task in pipeline.spec.root.dag.tasks.items():
        for key, source in task.inputs.parameters.items():
            for _, text in leaves(source.runtime_value.constant.string_value, opened=_parts):
                if isinstance(text, str):
                    yield f"{key} of {name}", text
    for label, executor in pipeline.deployment.executors.items():
        for word in (*executor.container.command, *executor.container.args):
            for _, text in leaves(word, opened=_parts):
                if isinstance(text, str):
                    yield f"the command of {label}", text


def _parts(value: Any) -> Any:
    """A list as a mapping, and a text of JSON as what it holds."""
    value = opened(value)
    return dict(enumerate(value)) if isinstance(value, list) else value
