"""Vertex AI Pipelines: containers read and write the bucket themselves.

It hands over artefacts with type and name, and runs a driver hook before it looks into its cache.
What is restated here is what TFX's entry and Vertex's documents say; the service is not open.
"""

from dataclasses import dataclass

from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.execute.backend import plan_artifacts
from kubeflow.execute.folders import Folders


@dataclass(frozen=True)
class Vertex:
    """A folder stands for the bucket."""

    folders: Folders
    name = "Vertex AI Pipelines"
    runs_driver_hook = True

    @property
    def environment(self) -> dict[str, str]:
        """None."""
        return {}

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

    def hand_over(self, key: str, artifact: pb.RuntimeArtifact) -> pb.RuntimeArtifact:
        """As it is."""
        return artifact

    def in_container(self, task: pb.ExecutorInput) -> pb.ExecutorInput:
        """With paths of this machine for all addresses."""
        return self.folders.localized(task)

    def fetch(self, task: pb.ExecutorInput) -> None:
        """Nothing to do."""

    def store(self, task: pb.ExecutorInput) -> None:
        """Nothing to do."""
