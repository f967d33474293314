"""What differs between the back ends around a container, as far as a container can see."""

from typing import Protocol

from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.execute.folders import Folders


class Backend(Protocol):
    """How one back end treats a task."""

    @property
    def name(self) -> str:
        """The back end, and the version that is followed."""

    @property
    def folders(self) -> Folders:
        """Where on this machine what is elsewhere lies."""

    @property
    def runs_driver_hook(self) -> bool:
        """Whether `lifecycle.preCacheCheck` is run."""

    @property
    def environment(self) -> dict[str, str]:
        """Variables that every container gets."""

    def plan_outputs(
        self, declared: pb.ComponentOutputsSpec, *, root: str, run_id: str, task: str
    ) -> pb.ExecutorInput.Outputs:
        """The addresses of a task's outputs, and the file in which it is to describe them."""

    def hand_over(self, key: str, artifact: pb.RuntimeArtifact) -> pb.RuntimeArtifact:
        """An artefact, the output `key` of its producer, as a container that reads it sees it."""

    def in_container(self, task: pb.ExecutorInput) -> pb.ExecutorInput:
        """The ExecutorInput that a container on this machine gets."""

    def fetch(self, task: pb.ExecutorInput) -> None:
        """Makes the inputs of a container readable for it."""

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
