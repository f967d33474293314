"""What the back ends ask of a compiled pipeline, checked here before it is sent.

Each rule restates what a back end refuses or quietly ignores, with its source: Vertex AI's client
(google-cloud-aiplatform), or the back end of Kubeflow Pipelines 2.17 (its `backend/src/`).
"""

import re
import tempfile
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from kfp import components as kfp_components
from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes_pb
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.parsed import Pipeline, mounts, parse, texts
from kubeflow.spec_file import CompiledPipeline

Problems = Iterator[str]
Check = Callable[[Pipeline], Problems]

_BOTH = ("vertex", "kubeflow")
_TEMPLATE = "KFP 2.17, apiserver/template/v2_template.go"
_COMPILER = "KFP 2.17, v2/compiler/argocompiler"
_DRIVER = "KFP 2.17, v2/driver"
_TASK = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_KINDS = {
    pb.ParameterType.NUMBER_INTEGER: "number_value",
    pb.ParameterType.NUMBER_DOUBLE: "number_value",
    pb.ParameterType.STRING: "string_value",
    pb.ParameterType.BOOLEAN: "bool_value",
}
_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ya29\.|AIza[\w-]{35}|gh[ps]_\w{36}"
)


@dataclass(frozen=True)
class Rule:
    """One requirement of some targets; `check` gives a sentence for each breach."""

    source: str
    targets: tuple[str, ...]
    check: Check


RULES: list[Rule] = []


def problems(compiled: CompiledPipeline, target: str, *, but: Container[Check] = ()) -> list[str]:
    """Every reason why the target would refuse a pipeline, but for some rules; empty if none."""
    try:
        pipeline = parse(compiled)
    except json_format.ParseError as error:
        return [f"it is not a pipeline by the kfp_pipeline_spec protos: {error}"]
    return [
        f"{problem} ({rule.source})"
        for rule in RULES
        if target in rule.targets and rule.check not in but
        for problem in sorted(rule.check(pipeline))
    ]


def _rule(source: str, *targets: str) -> Callable[[Check], Check]:
    def add(check: Check) -> Check:
        RULES.append(Rule(source, targets, check))
        return check

    return add


@_rule(f"{_TEMPLATE}; Vertex, pipeline_utils.py", *_BOTH)
def _schema_version(pipeline: Pipeline) -> Problems:
    if pipeline.spec.schema_version != "2.1.0":
        yield f"the schema version is {pipeline.spec.schema_version or 'missing'}, not 2.1.0"


@_rule("Vertex, pipeline_jobs.py, _VALID_NAME_PATTERN: jobs are named by it", *_BOTH)
def _name(pipeline: Pipeline) -> Problems:
    name = pipeline.spec.pipeline_info.name
    if not re.fullmatch(r"[a-z][-a-z0-9]{0,127}", name):
        yield f"the pipeline's name {name!r} is not lower case letters, digits and hyphens"


@_rule(f"{_COMPILER}: names of Argo templates, RFC 1123", *_BOTH)
def _task_names(pipeline: Pipeline) -> Problems:
    for name in pipeline.spec.root.dag.tasks:
        if not _TASK.fullmatch(name):
            yield f"the task {name} is not named in kebab case, of at most 63 characters"


@_rule(f"{_TEMPLATE}, NewV2SpecTemplate", "kubeflow")
def _no_wrapper(pipeline: Pipeline) -> Problems:
    if pipeline.compiled.platform is None:
        yield "it is wrapped in a PipelineJob"


@_rule(f"{_COMPILER}: resolvers are not implemented", *_BOTH)
def _executors(pipeline: Pipeline) -> Problems:
    for name, task in pipeline.spec.root.dag.tasks.items():
        if task.component_ref.name not in pipeline.spec.components:
            yield f"the task {name} refers to the component {task.component_ref.name}, missing"
            continue
        label = pipeline.spec.components[task.component_ref.name].executor_label
        if label not in pipeline.deployment.executors:
            yield f"the component {task.component_ref.name} refers to the executor {label}, missing"
        elif pipeline.deployment.executors[label].WhichOneof("spec") == "resolver":
            yield f"the task {name} is a Resolver"


@_rule(f"{_DRIVER}, resolve.go", *_BOTH)
def _edges(pipeline: Pipeline) -> Problems:
    tasks = pipeline.spec.root.dag.tasks
    for name, task in tasks.items():
        for key, source in task.inputs.artifacts.items():
            output = source.task_output_artifact
            producer = tasks.get(output.producer_task)
            if producer is None:
                yield f"the input {key} of {name} comes from {output.producer_task}, not a task"
                continue
            outputs = pipeline.spec.components[producer.component_ref.name].output_definitions
            if output.output_artifact_key not in outputs.artifacts:
                yield (
                    f"the input {key} of {name} is {output.output_artifact_key} of "
                    f"{output.producer_task}, which has no such output"
                )
        for before in task.dependent_tasks:
            if before not in tasks:
                yield f"{name} waits for {before}, which is no task"


@_rule(f"{_TEMPLATE}, validatePipelineJobInputs; {_DRIVER}", *_BOTH)
def _parameters(pipeline: Pipeline) -> Problems:
    top = pipeline.spec.root.input_definitions.parameters
    for name, parameter in top.items():
        if not parameter.HasField("default_value"):
            yield f"the parameter {name} has no default"
    for name, task in pipeline.spec.root.dag.tasks.items():
        declared = pipeline.spec.components[task.component_ref.name].input_definitions.parameters
        for key in sorted(set(declared) - set(task.inputs.parameters)):
            yield f"the parameter {key} of {name} has no value"
        for key, source in task.inputs.parameters.items():
            kind = source.WhichOneof("kind")
            if kind == "component_input_parameter" and source.component_input_parameter not in top:
                yield f"{key} of {name} comes from {source.component_input_parameter}, no parameter"
            if kind == "runtime_value":
                yield from _constant(name, key, source.runtime_value, declared)


def _constant(task: str, key: str, value: Any, declared: Any) -> Problems:
    if value.WhichOneof("value") != "constant":
        yield f"{key} of {task} is a {value.WhichOneof('value')}, which schema 2.1.0 no longer has"
    elif key not in declared:
        yield f"{key} of {task} is not a parameter of its component"
    elif value.constant.WhichOneof("kind") != _KINDS.get(declared[key].parameter_type):
        yield f"{key} of {task} is a {value.constant.WhichOneof('kind')}, not of the declared type"


@_rule("a container has its image alone", *_BOTH)
def _portable(pipeline: Pipeline) -> Problems:
    mounted = tuple(f"{mount}/" for mount in mounts(pipeline))
    for where, text in texts(pipeline):
        if text.startswith("/") and not f"{text}/".startswith(mounted):
            yield f"{where} holds the local path {text}, which is in no container"
        if text.endswith(".whl") or ".whl@" in text:
            yield f"{where} holds the wheel {text}; the image has the code"
        if _SECRET.search(text):
            yield f"{where} holds what looks like a secret; give it through kubeflow.secrets"


@_rule("both caches know code by the name of the image alone", *_BOTH)
def images(pipeline: Pipeline) -> Problems:
    """Every image is named with a tag of its own, or a digest."""
    executors = pipeline.deployment.executors.values()
    for image in {e.container.image for e in executors if e.HasField("container")}:
        if not re.search(r"@sha256:|:(?!latest$)[\w.-]+$", image):
            yield f"the image {image!r} has no tag of its own, so caches keep old code"


@_rule("Vertex, RuntimeConfig.gcs_output_directory", "vertex")
def _vertex_root(pipeline: Pipeline) -> Problems:
    root = pipeline.compiled.job.get("runtimeConfig", {}).get("gcsOutputDirectory", "")
    if not root.startswith("gs://"):
        yield f"the pipeline root {root or 'is missing and'} is not a bucket, gs://BUCKET/FOLDER"


@_rule("KFP 2.17, v2/objectstore/config.go", "kubeflow")
def _kubeflow_root(pipeline: Pipeline) -> Problems:
    root = pipeline.spec.default_pipeline_root
    if not re.match(r"(gs|s3|minio)://[^/]+", root):
        yield f"the pipeline root {root!r} is not at gs://, s3:// or minio://"


@_rule("TensorFlow's file systems", *_BOTH)
def _destination(pipeline: Pipeline) -> Problems:
    for where, text in texts(pipeline):
        # Only what the launcher hands over is copied for a container.
        if re.match(r"(minio|s3)://", text):
            yield f"{where} is {text}, which TFX cannot read; name gs:// or a folder in a volume"


@_rule(f"{_DRIVER}: lifecycle is ignored", "kubeflow")
def _no_hooks(pipeline: Pipeline) -> Problems:
    for label, executor in pipeline.deployment.executors.items():
        if executor.container.HasField("lifecycle"):
            yield f"{label} relies on a driver hook, which is not run there"


@_rule("kubernetes_platform/proto/kubernetes_executor_config.proto", "kubeflow")
def _platform(pipeline: Pipeline) -> Problems:
    for label, pod in pipeline.pods.items():
        if label not in pipeline.deployment.executors:
            yield f"the platform document names {label}, which is no executor"
        try:
            json_format.ParseDict(pod, kubernetes_pb.KubernetesExecutorConfig())
        except json_format.ParseError as error:
            yield f"the platform document asks for {label} what there is not: {error}"


@_rule(f"{_DRIVER}, initPodSpecPatch", "kubeflow")
def _accelerators(pipeline: Pipeline) -> Problems:
    for label, executor in pipeline.deployment.executors.items():
        accelerator = executor.container.resources.accelerator
        if accelerator.type or accelerator.count:
            yield f"{label} asks for an accelerator by its Vertex name, {accelerator.type}"


@_rule("kfp.components.load_component_from_file", "kubeflow")
def _loadable(pipeline: Pipeline) -> Problems:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pipeline.yaml")
        path.write_text(pipeline.compiled.text())
        try:
            kfp_components.load_component_from_file(str(path))
        except Exception as error:  # it has no error of its own
            yield f"kfp's client cannot load it: {error}"
