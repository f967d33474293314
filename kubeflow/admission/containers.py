"""Rules for containers: their kind, command and resources."""

import re
from collections.abc import Container

from google.cloud.aiplatform_v1.types import AcceleratorType

from kubeflow.admission.rule import BOTH, COMPILER, DRIVER, Problems, rule
from kubeflow.parsed import Pipeline, container_of_task

_QUANTITY = re.compile(
    r"[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?"
)  # Kubernetes, apimachinery/pkg/api/resource/quantity.go
_PLACEHOLDER = re.compile(r"\{\{\$\.inputs\.parameters\['(.+?)']}}")


@rule(f"{COMPILER}, dag.go: an executor that is missing or not implemented", *BOTH)
def _kinds(pipeline: Pipeline) -> Problems:
    for label, executor in pipeline.deployment.executors.items():
        kind = executor.WhichOneof("spec")
        if kind != "container":
            yield f"the executor {label} is of the kind {kind}, where `digits` compiles containers"


@rule(f"{DRIVER}: lifecycle is ignored", "kubeflow")
def _no_hooks(pipeline: Pipeline) -> Problems:
    for label, executor in pipeline.deployment.executors.items():
        if executor.container.HasField("lifecycle"):
            yield f"{label} relies on a driver hook, which is not run there"


@rule(f"{DRIVER}, util.go, resolveSinglePlaceholder", *BOTH)
def _placeholders(pipeline: Pipeline) -> Problems:
    for name, task in pipeline.spec.root.dag.tasks.items():
        container = container_of_task(pipeline, task)
        for word in (*container.command, *container.args):
            for key in _PLACEHOLDER.findall(word):
                if key not in task.inputs.parameters:
                    yield f"the command of {name} asks for the parameter {key}, not given to it"


@rule(f"{DRIVER}, driver.go, getPodResource", "kubeflow")
def _quantities(pipeline: Pipeline) -> Problems:
    for label, executor in pipeline.deployment.executors.items():
        resources = executor.container.resources
        asked = {
            "CPUs": (resources.resource_cpu_limit, resources.resource_cpu_request),
            "memory": (resources.resource_memory_limit, resources.resource_memory_request),
            "accelerators": (resources.accelerator.resource_count,),
        }
        for what, quantities in asked.items():
            for text in filter(None, quantities):
                if not _QUANTITY.fullmatch(text):
                    yield f"{label} asks for {text!r} as {what}, which is no quantity, as 2 or 16G"


@rule(f"{DRIVER}, driver.go, initPodSpecPatch; Kubernetes, names of resources", "kubeflow")
def _accelerators(pipeline: Pipeline) -> Problems:
    for label, executor in pipeline.deployment.executors.items():
        accelerator = executor.container.resources.accelerator
        if accelerator.type or accelerator.count:
            yield f"{label} asks for an accelerator by its Vertex name, {accelerator.type}"
        elif accelerator.resource_type and "/" not in accelerator.resource_type:
            name = accelerator.resource_type
            yield f"{label} asks for {name}, where Kubernetes takes VENDOR/NAME"


@rule("Vertex, aiplatform_v1.types.AcceleratorType", "vertex")
def _vertex_accelerators(pipeline: Pipeline) -> Problems:
    known: Container[str] = AcceleratorType.__members__
    for label, executor in pipeline.deployment.executors.items():
        name = executor.container.resources.accelerator.type
        if name and name not in known:
            yield f"{label} asks for the accelerator {name}, which Vertex does not have"
