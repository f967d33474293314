"""Compiled pipelines with one mistake each, judged by Kubeflow Pipelines 2.17 and by `--check`."""

import copy
from collections.abc import Callable
from typing import Any

from kubeflow.spec_file import CompiledPipeline

Tree = dict[str, Any]
Damage = Callable[[Tree], None]

SPEC = "job/pipelineSpec"
TASKS = f"{SPEC}/root/dag/tasks"
EXECUTORS = f"{SPEC}/deploymentSpec/executors"
PODS = "platform/platforms/kubernetes/deploymentSpec/executors"
TRAINER = f"{EXECUTORS}/exec-trainer/container"
SCHEMA_GEN = f"{SPEC}/components/digit-schema-gen/outputDefinitions/artifacts/schema"


def damaged(compiled: CompiledPipeline, damage: Damage) -> CompiledPipeline:
    """A copy of a pipeline with a mistake in it."""
    tree = copy.deepcopy({"job": compiled.job, "platform": compiled.platform})
    damage(tree)
    return CompiledPipeline(tree["job"], tree.get("platform"))


def edit(path: str, value: Any) -> Damage:
    """Sets what is at a path of a tree; a number is a place in a list, None removes."""

    def change(tree: Any) -> None:
        *folders, last = path.split("/")
        for folder in folders:
            tree = tree[int(folder) if folder.isdigit() else folder]
        if value is None:
            del tree[last]
        else:
            tree[last] = value

    return change


def add_argument(word: str) -> Damage:
    """Adds a word to the Trainer's command."""

    def change(tree: Tree) -> None:
        executors = tree["job"]["pipelineSpec"]["deploymentSpec"]["executors"]
        executors["exec-trainer"]["container"]["args"].append(word)

    return change


def mount(**changes: Any) -> Damage:
    """Changes how the Trainer's volume is mounted."""

    def change(tree: Tree) -> None:
        pods = tree["platform"]["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
        pods["exec-trainer"]["pvcMount"][0].update(changes)

    return change


def claim(name: str) -> Damage:
    """Names the claim of the Trainer's volume."""
    return mount(constant=name, pvcNameParameter={"runtimeValue": {"constant": name}})


BROKEN: dict[str, Damage] = {
    "a cycle": edit(f"{TASKS}/digit-schema-gen/dependentTasks", ["report"]),
    "data without dependentTasks": edit(f"{TASKS}/evaluator/dependentTasks", None),
    "an importer": edit(
        f"{EXECUTORS}/exec-digit-schema-gen",
        {"importer": {"artifactUri": {"constant": "minio://b/x"}, "typeSchema": {}}},
    ),
    "an artefact without a title": edit(f"{SCHEMA_GEN}/artifactType", {}),
    "metadata that is null": edit(f"{SCHEMA_GEN}/metadata", {"reason": None}),
    "memory 16 GB": edit(f"{TRAINER}/resources/resourceMemoryLimit", "16 GB"),
    "CPUs in words": edit(f"{TRAINER}/resources/resourceCpuLimit", "two"),
    "a placeholder of nothing": add_argument("{{$.inputs.parameters['nothing']}}"),
    "a claim with capitals": claim("My_PVC"),
    "a volume where artefacts are copied": mount(mountPath="/minio"),
    "a condition that is no expression": edit(
        f"{TASKS}/pusher/triggerPolicy", {"condition": "inputs.artifacts['blessing' =="}
    ),
    "a condition on what there is not": edit(
        f"{TASKS}/pusher/triggerPolicy", {"condition": "inputs.nothing['x'] == 1.0"}
    ),
    "an accelerator without a vendor": edit(
        f"{TRAINER}/resources/accelerator", {"resourceType": "h100", "resourceCount": "1"}
    ),
    "accelerators in words": edit(
        f"{TRAINER}/resources/accelerator",
        {"resourceType": "nvidia.com/gpu", "resourceCount": "one"},
    ),
    "a node's label with a blank": edit(
        f"{PODS}/exec-trainer/nodeSelector",
        {"labels": {"cloud.google.com/gke-accelerator": "nvidia l4"}},
    ),
    "an executor that is missing": edit(f"{EXECUTORS}/exec-report", None),
    "an output that is missing": edit(
        f"{TASKS}/evaluator/inputs/artifacts/model/taskOutputArtifact/outputArtifactKey", "x"
    ),
    "an older schema": edit(f"{SPEC}/schemaVersion", "2.0.0"),
    "a root that is no bucket": edit(f"{SPEC}/defaultPipelineRoot", "/data"),
}
"""By what is wrong; the compiled pipeline has a volume, and is for Kubeflow."""
