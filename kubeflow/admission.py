"""What the back ends ask of a compiled pipeline, checked here before it is sent.

Each rule restates what a back end refuses or quietly ignores, with its source: Vertex AI's client
(google-cloud-aiplatform), or the back end of Kubeflow Pipelines 2.17 (its `backend/src/`).
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from kfp import components as kfp_components
from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes_pb
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.parameters import opened
from kubeflow.spec_file import CompiledPipeline

Problems = Iterator[str]
_BOTH = ("vertex", "kubeflow")
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
class Pipeline:
    """A compiled pipeline, parsed.

    Attributes:
        compiled: as it will be sent.
        spec: its PipelineSpec.
        deployment: its executors.
        platform: its PlatformSpec, empty if it has none.
    """

    compiled: CompiledPipeline
    spec: pb.PipelineSpec
    deployment: pb.PipelineDeploymentConfig
    platform: pb.PlatformSpec


@dataclass(frozen=True)
class Rule:
    """One thing that is asked; `check` gives a sentence for each breach."""

    source: str
    targets: tuple[str, ...]
    check: Callable[[Pipeline], Problems]


def problems(compiled: CompiledPipeline, target: str) -> list[str]:
    """Everything that speaks against a compiled pipeline; empty if the target would take it."""
    try:
        pipeline = parse(compiled)
    except json_format.ParseError as error:
        return [f"it is not a pipeline by the kfp_pipeline_spec protos: {error}"]
    return [
        f"{problem} ({rule.source})"
        for rule in RULES
        if target in rule.targets
        for problem in rule.check(pipeline)
    ]


def parse(compiled: CompiledPipeline) -> Pipeline:
    """Parses all parts, refusing unknown fields.

    Raises:
        json_format.ParseError: if a part is not what its proto says.
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


def _schema_version(pipeline: Pipeline) -> Problems:
    if pipeline.spec.schema_version != "2.1.0":
        yield f"the schema version is {pipeline.spec.schema_version or 'missing'}, not 2.1.0"


def _name(pipeline: Pipeline) -> Problems:
    name = pipeline.spec.pipeline_info.name
    if not re.fullmatch(r"[a-z][-a-z0-9]{0,127}", name):
        yield f"the pipeline's name {name!r} is not lower case letters, digits and hyphens"


def _task_names(pipeline: Pipeline) -> Problems:
    for name in pipeline.spec.root.dag.tasks:
        if not _TASK.fullmatch(name):
            yield f"the task {name} is not named in kebab case, of at most 63 characters"


def _no_wrapper(pipeline: Pipeline) -> Problems:
    if pipeline.compiled.platform is None:
        yield "it is wrapped in a PipelineJob"


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


def _edges(pipeline: Pipeline) -> Problems:
    tasks = pipeline.spec.root.dag.tasks
    for name, task in tasks.items():
        for key, source in task.inputs.artifacts.items():
            made = source.task_output_artifact
            producer = tasks.get(made.producer_task)
            if producer is None:
                yield f"the input {key} of {name} comes from {made.producer_task}, which is no task"
                continue
            outputs = pipeline.spec.components[producer.component_ref.name].output_definitions
            if made.output_artifact_key not in outputs.artifacts:
                yield (
                    f"the input {key} of {name} is {made.output_artifact_key} of "
                    f"{made.producer_task}, which it does not make"
                )
        for before in task.dependent_tasks:
            if before not in tasks:
                yield f"{name} waits for {before}, which is no task"


def _parameters(pipeline: Pipeline) -> Problems:
    top = pipeline.spec.root.input_definitions.parameters
    for name, parameter in top.items():
        if not parameter.HasField("default_value"):
            yield f"the parameter {name} has no default"
    for name, task in pipeline.spec.root.dag.tasks.items():
        wanted = pipeline.spec.components[task.component_ref.name].input_definitions.parameters
        for key in sorted(set(wanted) - set(task.inputs.parameters)):
            yield f"the parameter {key} of {name} is given by nothing"
        for key, given in task.inputs.parameters.items():
            kind = given.WhichOneof("kind")
            if kind == "component_input_parameter" and given.component_input_parameter not in top:
                yield f"{key} of {name} comes from {given.component_input_parameter}, no parameter"
            if kind == "runtime_value":
                yield from _constant(name, key, given.runtime_value, wanted)


def _constant(task: str, key: str, value: Any, wanted: Any) -> Problems:
    if value.WhichOneof("value") != "constant":
        yield f"{key} of {task} is a {value.WhichOneof('value')}, which schema 2.1.0 has given up"
    elif key not in wanted:
        yield f"{key} of {task} is given, but its component does not take it"
    elif value.constant.WhichOneof("kind") != _KINDS.get(wanted[key].parameter_type):
        yield f"{key} of {task} is a {value.constant.WhichOneof('kind')}, of another type than said"


def _portable(pipeline: Pipeline) -> Problems:
    mounts = tuple(f"{mount}/" for mount in _mounts(pipeline))
    for where, text in _texts(pipeline):
        if text.startswith("/") and not f"{text}/".startswith(mounts):
            yield f"{where} holds the local path {text}, which is in no container"
        if text.endswith(".whl") or ".whl@" in text:
            yield f"{where} holds the wheel {text}; the image has the code"
        if _SECRET.search(text):
            yield f"{where} holds what looks like a secret; give it through kubeflow.secrets"


def _images(pipeline: Pipeline) -> Problems:
    for label, executor in pipeline.deployment.executors.items():
        image = executor.container.image
        if executor.HasField("container") and not re.search(
            r"@sha256:|:(?!latest$)[\w.-]+$", image
        ):
            yield f"the image {image!r} of {label} has no tag of its own, so caches keep old code"


def _vertex_root(pipeline: Pipeline) -> Problems:
    root = pipeline.compiled.job.get("runtimeConfig", {}).get("gcsOutputDirectory", "")
    if not root.startswith("gs://"):
        yield f"the pipeline root {root or 'is missing and'} is not a bucket, gs://BUCKET/FOLDER"


def _kubeflow_root(pipeline: Pipeline) -> Problems:
    root = pipeline.spec.default_pipeline_root
    if not re.match(r"(gs|s3|minio)://[^/]+", root):
        yield f"the pipeline root {root!r} is not at gs://, s3:// or minio://"


def _destination(pipeline: Pipeline) -> Problems:
    for where, text in _texts(pipeline):
        # Only what the launcher hands over is copied for a container.
        if re.match(r"(minio|s3)://", text):
            yield f"{where} is {text}, which TFX cannot read; name gs:// or a folder in a volume"


def _no_hooks(pipeline: Pipeline) -> Problems:
    for label, executor in pipeline.deployment.executors.items():
        if executor.container.HasField("lifecycle"):
            yield f"{label} relies on a driver hook, which is not run there"


def _platform(pipeline: Pipeline) -> Problems:
    for label, config in pipeline.platform.platforms[
        "kubernetes"
    ].deployment_spec.executors.items():
        if label not in pipeline.deployment.executors:
            yield f"the platform document names {label}, which is no executor"
        try:
            json_format.ParseDict(
                json_format.MessageToDict(config), kubernetes_pb.KubernetesExecutorConfig()
            )
        except json_format.ParseError as error:
            yield f"the platform document asks for {label} what there is not: {error}"


def _accelerators(pipeline: Pipeline) -> Problems:
    for label, executor in pipeline.deployment.executors.items():
        accelerator = executor.container.resources.accelerator
        if accelerator.type or accelerator.count:
            yield f"{label} asks for an accelerator by its Vertex name, {accelerator.type}"


def _loadable(pipeline: Pipeline) -> Problems:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pipeline.yaml")
        path.write_text(pipeline.compiled.text())
        try:
            kfp_components.load_component_from_file(str(path))
        except Exception as error:  # it has no error of its own
            yield f"kfp's client cannot load it: {error}"


def _mounts(pipeline: Pipeline) -> Iterator[str]:
    for config in pipeline.platform.platforms["kubernetes"].deployment_spec.executors.values():
        for mount in json_format.MessageToDict(config).get("pvcMount", []):
            yield mount["mountPath"]


def _texts(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Every text that a container is given, with where it stands."""
    for name, task in pipeline.spec.root.dag.tasks.items():
        for key, given in task.inputs.parameters.items():
            for text in _leaves(given.runtime_value.constant.string_value):
                yield f"{key} of {name}", text
    for label, executor in pipeline.deployment.executors.items():
        for word in (*executor.container.command, *executor.container.args):
            for text in _leaves(word):
                yield f"the command of {label}", text


def _leaves(value: Any) -> Iterator[str]:
    value = opened(value)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, str):
        yield value


_TEMPLATE = "KFP 2.17, apiserver/template/v2_template.go"
_COMPILER = "KFP 2.17, v2/compiler/argocompiler"
_DRIVER = "KFP 2.17, v2/driver"

RULES = (
    Rule(f"{_TEMPLATE}; Vertex, pipeline_jobs.py", _BOTH, _schema_version),
    Rule("Vertex, pipeline_jobs.py, _VALID_NAME_PATTERN", _BOTH, _name),
    Rule(f"{_COMPILER}: names of Argo templates, RFC 1123", _BOTH, _task_names),
    Rule(f"{_TEMPLATE}, NewV2SpecTemplate", ("kubeflow",), _no_wrapper),
    Rule(f"{_COMPILER}, dag.go: resolvers are not implemented", _BOTH, _executors),
    Rule(f"{_DRIVER}, resolve.go", _BOTH, _edges),
    Rule(f"{_TEMPLATE}, validatePipelineJobInputs; {_DRIVER}", _BOTH, _parameters),
    Rule("a container has its image alone", _BOTH, _portable),
    Rule("both caches know code by the name of the image alone", _BOTH, _images),
    Rule("Vertex, RuntimeConfig.gcs_output_directory", ("vertex",), _vertex_root),
    Rule("KFP 2.17, v2/objectstore/config.go", ("kubeflow",), _kubeflow_root),
    Rule("TensorFlow's file systems", _BOTH, _destination),
    Rule(f"{_DRIVER}: lifecycle is ignored", ("kubeflow",), _no_hooks),
    Rule("kubernetes_platform/proto/kubernetes_executor_config.proto", ("kubeflow",), _platform),
    Rule(f"{_DRIVER}, initPodSpecPatch", ("kubeflow",), _accelerators),
    Rule("kfp.components.load_component_from_file", ("kubeflow",), _loadable),
)
