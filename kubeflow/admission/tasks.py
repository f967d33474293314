"""Rules for tasks: their names, order, inputs, parameters and conditions."""

import graphlib
import re
from typing import Any

from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.admission.rule import BOTH, COMPILER, DRIVER, TEMPLATE, Problems, rule
from kubeflow.execute.conditions import holds
from kubeflow.parsed import Pipeline, producers
from vocabulary.errors import UserError

_TASK = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_METADATA = re.compile(r"metadata\['(.+?)']")
_KINDS = {
    pb.ParameterType.NUMBER_INTEGER: "number_value",
    pb.ParameterType.NUMBER_DOUBLE: "number_value",
    pb.ParameterType.STRING: "string_value",
    pb.ParameterType.BOOLEAN: "bool_value",
}


@rule(f"{COMPILER}: names of Argo templates, RFC 1123", *BOTH)
def _task_names(pipeline: Pipeline) -> Problems:
    for name in pipeline.spec.root.dag.tasks:
        if not _TASK.fullmatch(name):
            yield f"the task {name} is not named in kebab case, of at most 63 characters"


@rule(f"{COMPILER}, visitor.go: components and executors by their names", *BOTH)
def _executors(pipeline: Pipeline) -> Problems:
    for name, task in pipeline.spec.root.dag.tasks.items():
        if task.component_ref.name not in pipeline.spec.components:
            yield f"the task {name} refers to the component {task.component_ref.name}, missing"
            continue
        label = pipeline.spec.components[task.component_ref.name].executor_label
        if label not in pipeline.deployment.executors:
            yield f"the component {task.component_ref.name} refers to the executor {label}, missing"


@rule(f"{DRIVER}, resolve.go", *BOTH)
def _edges(pipeline: Pipeline) -> Problems:
    tasks = pipeline.spec.root.dag.tasks
    for name, task in tasks.items():
        for key, source in task.inputs.artifacts.items():
            output = source.task_output_artifact
            producer = tasks.get(output.producer_task)
            if producer is None:
                yield f"the input {key} of {name} comes from {output.producer_task}, not a task"
                continue
            component = pipeline.spec.components.get(producer.component_ref.name)
            outputs = (component or pb.ComponentSpec()).output_definitions
            if output.output_artifact_key not in outputs.artifacts:
                yield (
                    f"the input {key} of {name} is {output.output_artifact_key} of "
                    f"{output.producer_task}, which has no such output"
                )
        for before in task.dependent_tasks:
            if before not in tasks:
                yield f"{name} waits for {before}, which is no task"


@rule("Argo, workflow/validate: a workflow is an acyclic graph", *BOTH)
def _order(pipeline: Pipeline) -> Problems:
    tasks = pipeline.spec.root.dag.tasks
    before = {name: {*task.dependent_tasks, *producers(task)} for name, task in tasks.items()}
    try:
        graphlib.TopologicalSorter(before).prepare()
    except graphlib.CycleError as error:
        yield f"these tasks wait for each other: {' → '.join(error.args[1])}"


@rule("KFP 2.17, v2/expression/expression.go", *BOTH)
def _conditions(pipeline: Pipeline) -> Problems:
    for name, task in pipeline.spec.root.dag.tasks.items():
        condition = task.trigger_policy.condition
        if condition:
            try:
                holds(condition, _any_inputs(task, condition))
            except UserError as error:
                yield f"{name} cannot be decided upon: {error}"


def _any_inputs(task: Any, condition: str) -> dict[str, Any]:
    """Inputs of a task, with numbers for all values that its condition asks for."""
    metadata = dict.fromkeys(_METADATA.findall(condition), 0.0)
    artifact = {"name": "", "uri": "", "metadata": metadata}
    return {
        "artifacts": {key: {"artifacts": [artifact]} for key in task.inputs.artifacts},
        "parameter_values": dict.fromkeys(task.inputs.parameters, 0.0),
    }


@rule(f"{TEMPLATE}, validatePipelineJobInputs; {DRIVER}", *BOTH)
def _parameters(pipeline: Pipeline) -> Problems:
    top = pipeline.spec.root.input_definitions.parameters
    for name, parameter in top.items():
        if not parameter.HasField("default_value"):
            yield f"the parameter {name} has no default"
    for name, task in pipeline.spec.root.dag.tasks.items():
        component = pipeline.spec.components.get(task.component_ref.name)
        if component is None:
            continue
        declared = component.input_definitions.parameters
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
