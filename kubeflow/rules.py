"""The rules of admission, each as a function that yields a sentence for each breach.

Where a rule comes from stands beside it in `kubeflow.admission`.
"""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from kfp import components as kfp_components
from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes_pb
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.parameters import opened
from kubeflow.spec_file import CompiledPipeline
from vocabulary.leaves import leaves

Problems = Iterator[str]
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
    """A compiled pipeline as it is sent, and parsed; `platform` is empty if it has none."""

    compiled: CompiledPipeline
    spec: pb.PipelineSpec
    deployment: pb.PipelineDeploymentConfig
    platform: pb.PlatformSpec

    @property
    def pods(self) -> dict[str, Any]:
        """What each executor asks of Kubernetes, in JSON's form."""
        asked = self.platform.platforms["kubernetes"].deployment_spec.executors
        return {label: json_format.MessageToDict(config) for label, config in asked.items()}


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


def schema_version(pipeline: Pipeline) -> Problems:
    """The one version that both take."""
    if pipeline.spec.schema_version != "2.1.0":
        yield f"the schema version is {pipeline.spec.schema_version or 'missing'}, not 2.1.0"


def name(pipeline: Pipeline) -> Problems:
    """The name of the pipeline."""
    name = pipeline.spec.pipeline_info.name
    if not re.fullmatch(r"[a-z][-a-z0-9]{0,127}", name):
        yield f"the pipeline's name {name!r} is not lower case letters, digits and hyphens"


def task_names(pipeline: Pipeline) -> Problems:
    """The names of tasks become names of Kubernetes."""
    for name in pipeline.spec.root.dag.tasks:
        if not _TASK.fullmatch(name):
            yield f"the task {name} is not named in kebab case, of at most 63 characters"


def no_wrapper(pipeline: Pipeline) -> Problems:
    """A bare PipelineSpec, not a PipelineJob."""
    if pipeline.compiled.platform is None:
        yield "it is wrapped in a PipelineJob"


def executors(pipeline: Pipeline) -> Problems:
    """Every task has a component, every component an executor that is implemented."""
    for name, task in pipeline.spec.root.dag.tasks.items():
        if task.component_ref.name not in pipeline.spec.components:
            yield f"the task {name} refers to the component {task.component_ref.name}, missing"
            continue
        label = pipeline.spec.components[task.component_ref.name].executor_label
        if label not in pipeline.deployment.executors:
            yield f"the component {task.component_ref.name} refers to the executor {label}, missing"
        elif pipeline.deployment.executors[label].WhichOneof("spec") == "resolver":
            yield f"the task {name} is a Resolver"


def edges(pipeline: Pipeline) -> Problems:
    """Every input is the output of a task, and every dependency is a task."""
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


def parameters(pipeline: Pipeline) -> Problems:
    """Every parameter has a value: a pipeline parameter, or a constant of its type."""
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


def portable(pipeline: Pipeline) -> Problems:
    """No path of this machine, no wheel, no secret."""
    mounted = tuple(f"{mount}/" for mount in mounts(pipeline))
    for where, text in _texts(pipeline):
        if text.startswith("/") and not f"{text}/".startswith(mounted):
            yield f"{where} holds the local path {text}, which is in no container"
        if text.endswith(".whl") or ".whl@" in text:
            yield f"{where} holds the wheel {text}; the image has the code"
        if _SECRET.search(text):
            yield f"{where} holds what looks like a secret; give it through kubeflow.secrets"


def images(pipeline: Pipeline) -> Problems:
    """Every image is named with a tag of its own, or a digest."""
    executors = pipeline.deployment.executors.values()
    for image in {e.container.image for e in executors if e.HasField("container")}:
        if not re.search(r"@sha256:|:(?!latest$)[\w.-]+$", image):
            yield f"the image {image!r} has no tag of its own, so caches keep old code"


def vertex_root(pipeline: Pipeline) -> Problems:
    """Outputs go to a bucket."""
    root = pipeline.compiled.job.get("runtimeConfig", {}).get("gcsOutputDirectory", "")
    if not root.startswith("gs://"):
        yield f"the pipeline root {root or 'is missing and'} is not a bucket, gs://BUCKET/FOLDER"


def kubeflow_root(pipeline: Pipeline) -> Problems:
    """Outputs go where the launcher can copy them to and from."""
    root = pipeline.spec.default_pipeline_root
    if not re.match(r"(gs|s3|minio)://[^/]+", root):
        yield f"the pipeline root {root!r} is not at gs://, s3:// or minio://"


def destination(pipeline: Pipeline) -> Problems:
    """What containers read and write themselves is where TFX can."""
    for where, text in _texts(pipeline):
        # Only what the launcher hands over is copied for a container.
        if re.match(r"(minio|s3)://", text):
            yield f"{where} is {text}, which TFX cannot read; name gs:// or a folder in a volume"


def no_hooks(pipeline: Pipeline) -> Problems:
    """Nothing relies on a driver hook."""
    for label, executor in pipeline.deployment.executors.items():
        if executor.container.HasField("lifecycle"):
            yield f"{label} relies on a driver hook, which is not run there"


def platform(pipeline: Pipeline) -> Problems:
    """The platform document names executors that there are, and asks for what there is."""
    for label, pod in pipeline.pods.items():
        if label not in pipeline.deployment.executors:
            yield f"the platform document names {label}, which is no executor"
        try:
            json_format.ParseDict(pod, kubernetes_pb.KubernetesExecutorConfig())
        except json_format.ParseError as error:
            yield f"the platform document asks for {label} what there is not: {error}"


def accelerators(pipeline: Pipeline) -> Problems:
    """Accelerators are named as Kubernetes names them."""
    for label, executor in pipeline.deployment.executors.items():
        accelerator = executor.container.resources.accelerator
        if accelerator.type or accelerator.count:
            yield f"{label} asks for an accelerator by its Vertex name, {accelerator.type}"


def loadable(pipeline: Pipeline) -> Problems:
    """KFP's own client loads the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pipeline.yaml")
        path.write_text(pipeline.compiled.text())
        try:
            kfp_components.load_component_from_file(str(path))
        except Exception as error:  # it has no error of its own
            yield f"kfp's client cannot load it: {error}"


def mounts(pipeline: Pipeline) -> dict[str, str]:
    """The claim of the volume that is mounted at each path."""
    return {
        mount["mountPath"]: mount["constant"]
        for pod in pipeline.pods.values()
        for mount in pod.get("pvcMount", [])
    }


def _texts(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Every text among the parameters and commands, with where it stands."""
    for name, task in pipeline.spec.root.dag.tasks.items():
        for key, source in task.inputs.parameters.items():
            for _, text in leaves(source.runtime_value.constant.string_value, opened=_parts):
                if isinstance(text, str):
                    yield f"{key} of {name}", text
    for label, executor in pipeline.deployment.executors.items():
        for word in (*executor.container.command, *executor.container.args):
            for _, text in leaves(word, opened=_parts):
                if isinstance(text, str):
                    yield f"the command of {label}", text


def _parts(value: Any) -> Any:
    """A list as a mapping, and a text of JSON as what it holds."""
    value = opened(value)
    return dict(enumerate(value)) if isinstance(value, list) else value
