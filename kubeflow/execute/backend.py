"""What differs between the back ends around a container, as far as a container can see."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.execute.folders import Folders

Container: TypeAlias = pb.PipelineDeploymentConfig.PipelineContainerSpec


@dataclass(frozen=True)
class Backend:
    """How a back end treats a task whose container reads and writes the store itself.

    `folders` are where on this machine what is elsewhere lies.
    """

    folders: Folders
    name: ClassVar[str]
    runs_driver_hook: ClassVar[bool]

    @property
    def environment(self) -> dict[str, str]:
        """Variables that every container gets."""
        return {}

    def plan_outputs(
        self, declared: pb.ComponentOutputsSpec, *, root: str, run_id: str, task: str
    ) -> pb.ExecutorInput.Outputs:
        """The addresses of a task's outputs, and the file in which it is to describe them."""
        raise NotImplementedError

    def hand_over(self, key: str, artifact: pb.RuntimeArtifact) -> pb.RuntimeArtifact:
        """An artefact, the output `key` of its producer, as a container that reads it sees it."""
        return artifact

    def cache_key(
        self, container: Container, task: pb.ExecutorInput, claims: Collection[str]
    ) -> dict[str, Any]:
        """What a task's outputs are found by; `claims` are those of its pod's volumes."""
        return {
            "image": container.image,
            "command": [*container.command, *container.args],
            "inputs": json_format.MessageToDict(task.inputs),
            "outputs": sorted(task.outputs.artifacts),
        }

    def in_container(self, task: pb.ExecutorInput) -> pb.ExecutorInput:
        """The ExecutorInput that a container gets: with paths of this machine for addresses."""
        return self.folders.localized(task)

    def fetch(self, task: pb.ExecutorInput, attempt: int) -> None:
        """Makes the inputs of a fresh container readable for it; attempts count from 0."""

    def store(self, task: pb.ExecutorInput) -> None:
        """Keeps what a container has written."""


def plan_artifacts(
    planned: pb.ExecutorInput.Outputs, declared: pb.ComponentOutputsSpec, folder: str
) -> None:
    """Adds each declared artefact to the planned outputs, in a folder named by its key."""
    for key, artifact in declared.artifacts.items():
        planned.artifacts[key].artifacts.add(
            name=key,
            uri=f"{folder}/{key}",
            type=artifact.artifact_type,
            metadata=artifact.metadata,
        )


class Vertex(Backend):
    """Vertex AI Pipelines: a folder stands for the bucket.

    It hands over artefacts with type and name, and runs a driver hook before it looks into its
    cache. What is restated here is what TFX's entry and Vertex's documents say; it is not open.
    """

    name = "Vertex AI Pipelines"
    runs_driver_hook = True

    def plan_outputs(
        self, declared: pb.ComponentOutputsSpec, *, root: str, run_id: str, task: str
    ) -> pb.ExecutorInput.Outputs:
        """Under ROOT/PROJECT_NUMBER/JOB/TASK_UUID, as TFX's entry documents it."""
        folder = f"{root}/0123456789/{run_id}/{task}_{run_id}"
        planned = pb.ExecutorInput.Outputs(output_file=f"{folder}/executor_output.json")
        plan_artifacts(planned, declared, folder)
        for key, listed in planned.artifacts.items():
            listed.artifacts[0].name = f"{run_id}/{task}/{key}"
        for key in declared.parameters:
            planned.parameters[key].output_file = f"{folder}/{key}.txt"
        return planned
