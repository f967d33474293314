"""Vertex AI Pipelines: containers read and write the bucket themselves.

It hands over artefacts with type and name, and runs a driver hook before it looks into its cache.
What is restated here is what TFX's entry and Vertex's documents say; the service is not open.
"""

from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.execute.backend import Backend, plan_artifacts


class Vertex(Backend):
    """A folder stands for the bucket."""

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
