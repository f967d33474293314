"""Which pod ran a step on open-source Kubeflow Pipelines, whose log says what happened.

The API server (2.17) sends no pod of a step, only nodes with the ids of their children
(`toApiPipelineTaskDetail`, backend/src/apiserver/server/api_converter.go). But Argo (v4.0.5) makes
each id and pod of the path of tasks that leads there (`NodeID`, pkg/apis/workflow/v1alpha1/
workflow_types.go; `GeneratePodName`, workflow/util/pod_name.go), and the paths and templates are
those of the server's compiler (backend/src/v2/compiler/argocompiler/container.go).
"""

from collections.abc import Mapping, Sequence
from itertools import count, takewhile
from typing import Any

from kubeflow.argo_nodes import DRIVER, ROOT


def pod_of(step: str, details: Sequence[Any], pipeline: Mapping[str, Any]) -> str | None:
    """The pod of the last attempt at a step, or at its driver, as `trainer-driver`.

    `pipeline` is what the server sends of it, with the platform document if it has one. None if
    the step has not begun. A step that was taken from the cache has a name, but no pod.
    """
    ids = {child.pod_name for node in details for child in node.child_tasks or []}
    workflow = next(iter(ids), "").rpartition("-")[0]

    def begun(path: str) -> bool:
        return f"{workflow}-{_digest(path)}" in ids

    path, template = _path(f"{workflow}.{ROOT}", step, pipeline)
    attempts = takewhile(begun, (f"{path}({number})" for number in count()))
    last = [*attempts, path][-2 if begun(f"{path}(0)") else -1]
    return f"{workflow}-{template}-{_digest(last)}" if begun(last) else None


def _path(root: str, step: str, pipeline: Mapping[str, Any]) -> tuple[str, str]:
    """Where a step's container is among the tasks, and the name of its template."""
    if step == f"{ROOT}{DRIVER}":
        return f"{root}{DRIVER}", "system-dag-driver"
    if step.endswith(DRIVER):
        return f"{root}.{step}", "system-container-driver"
    return f"{root}.{step}.executor", _template(step, pipeline)


def _template(step: str, pipeline: Mapping[str, Any]) -> str:
    """The template's name (`addContainerExecutorTemplate`): it counts annotations and labels."""
    spec = pipeline.get("pipeline_spec", pipeline)
    task = spec["root"]["dag"]["tasks"][step]
    label = spec["components"][task["componentRef"]["name"]]["executorLabel"]
    name = "retry-system-container-impl" if "retryPolicy" in task else "system-container-impl"
    platforms = pipeline.get("platform_spec", {}).get("platforms", {})
    executors = platforms.get("kubernetes", {}).get("deploymentSpec", {}).get("executors", {})
    metadata = executors.get(label, {}).get("podMetadata")
    if metadata is None:
        return name
    counts = [len(metadata.get(kind, {})) for kind in ("annotations", "labels")]
    return f"metadata-{counts[0]}-{counts[1]}-{name}"


def _digest(path: str) -> int:
    """FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/)."""
    digest = 2166136261
    for byte in path.encode():
        digest = (digest ^ byte) * 16777619 % 2**32
    return digest
