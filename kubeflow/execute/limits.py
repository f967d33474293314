"""What executing a compiled pipeline here cannot do, and what it does otherwise than a cluster."""

import os
from collections.abc import Iterator
from typing import Final

from kubeflow.admission.check import problems
from kubeflow.admission.contents import images
from kubeflow.names import kebab_case
from kubeflow.parsed import Pipeline, parse
from kubeflow.spec_file import ENTRY, CompiledPipeline
from vocabulary.errors import UserError

SUMMARISED: Final = ("Trainer", "Evaluator", "InfraValidator", "Pusher", "Report")
"""The components that the summary of a run is read from."""


def require_executable(compiled: CompiledPipeline) -> Pipeline:
    """The parsed pipeline, every task of which can be executed here.

    Raises UserError if its target would refuse it, or a task is not a command that runs here.
    """
    refused = problems(compiled, compiled.target, but=(images,))  # an image is not pulled here
    if refused:
        raise UserError("\n".join([f"{compiled.target} would refuse this pipeline:", *refused]))
    pipeline = parse(compiled)
    reasons = [*_reasons(pipeline)]
    if reasons:
        raise UserError("\n".join(["this pipeline cannot be executed here:", *reasons]))
    return pipeline


def differences(pipeline: Pipeline) -> Iterator[str]:
    """A sentence for each thing that is done otherwise here than by the target."""
    for label, executor in pipeline.deployment.executors.items():
        accelerator = executor.container.resources.accelerator
        kind = accelerator.type or accelerator.resource_type
        if kind:
            count = accelerator.resource_count or accelerator.count
            yield (
                f"{label} asks for {count} {kind}; here it runs on what this machine has, and may "
                f"take far longer"
            )
    for variable in sorted(_secrets(pipeline)):
        if variable not in os.environ:
            yield f"the pipeline takes {variable} from a secret; here it is not set, export it"


def _reasons(pipeline: Pipeline) -> Iterator[str]:
    tasks = pipeline.spec.root.dag.tasks
    for name in SUMMARISED:
        if kebab_case(name) not in tasks:
            yield f"it has no task {kebab_case(name)}, as every pipeline of `digits compile` has"
    for name, task in tasks.items():
        for key, source in task.inputs.parameters.items():
            if source.WhichOneof("kind") not in ("component_input_parameter", "runtime_value"):
                yield f"the parameter {key} of {name} is computed by the pipeline"
        label = pipeline.spec.components[task.component_ref.name].executor_label
        executor = pipeline.deployment.executors[label]
        words = [*executor.container.command, *executor.container.args]
        if tuple(executor.container.command) != ENTRY:
            command = " ".join(executor.container.command) or "the image's own command"
            yield (
                f"{name} runs `{command}` in the image {executor.container.image}; here only "
                f"`{' '.join(ENTRY)}` runs, without an image"
            )
        if any(word.startswith("tfx.extensions.google_cloud_ai_platform") for word in words):
            yield (
                f"{name} starts a job on Vertex AI, which costs money and cannot read this "
                f"machine's folders; compile without kubeflow.custom_job"
            )
        if "--runner=DataflowRunner" in words:
            yield (
                f"{name} sends its work to Dataflow, which cannot read this machine's folders; "
                f"compile with --set beam.runner=local"
            )


def _secrets(pipeline: Pipeline) -> set[str]:
    """The environment variables that are taken from secrets."""
    return {
        pair.env_var
        for pod in pipeline.pods.values()
        for secret in pod.secret_as_env
        for pair in secret.key_to_env
    }
