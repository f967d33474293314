"""Executes a compiled pipeline without a cluster, container command by container command.

It reads the spec alone, as a back end does: orders the tasks, gives each its inputs, evaluates its
condition, looks into the cache, fills the placeholders of its command and starts it. What differs
between the back ends is in `kubeflow.backends`.
"""

import graphlib
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from google.protobuf import json_format, struct_pb2
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.backends import Backend
from kubeflow.conditions import holds
from kubeflow.placeholders import fill
from kubeflow.values import checked_values

Launch = Callable[[Sequence[str], Mapping[str, str]], None]
"""Starts a command with additional environment variables; raises if it fails."""

Container: TypeAlias = pb.PipelineDeploymentConfig.PipelineContainerSpec


@dataclass(frozen=True)
class Done:
    """What became of a task.

    Attributes:
        output: what it made; empty if it was skipped.
        cached: whether that was taken from the cache.
        skipped: whether its condition, or a task that it waits for, kept it from running.
    """

    output: pb.ExecutorOutput = field(default_factory=pb.ExecutorOutput)
    cached: bool = False
    skipped: bool = False

    def uri(self, key: str) -> str:
        """The address of an output."""
        return self.output.artifacts[key].artifacts[0].uri

    def metadata(self, key: str) -> dict[str, Any]:
        """The metadata of an output."""
        return json_format.MessageToDict(self.output.artifacts[key].artifacts[0].metadata)


@dataclass(frozen=True)
class Execution:
    """One run of a compiled pipeline.

    Attributes:
        spec: the pipeline.
        root: the address under which outputs go.
        backend: whose semantics.
        launch: starts a container's command.
        cache: the folder of the cache, shared by runs.
        run_id: names the run.
        values: of the runtime parameters; others have their defaults.
    """

    spec: pb.PipelineSpec
    root: str
    backend: Backend
    launch: Launch
    cache: Path
    run_id: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def run(self) -> dict[str, Done]:
        """Runs every task in order; gives what became of each."""
        done: dict[str, Done] = {}
        values = checked_values(self.spec, self.values)
        for name in order(self.spec.root.dag):
            task = self.spec.root.dag.tasks[name]
            if any(done[before].skipped for before in task.dependent_tasks):
                done[name] = Done(skipped=True)
            else:
                done[name] = self._run_task(name, self._executor_input(name, done, values))
        return done

    def _run_task(self, name: str, given: pb.ExecutorInput) -> Done:
        task = self.spec.root.dag.tasks[name]
        condition = task.trigger_policy.condition
        inputs = json_format.MessageToDict(given.inputs, preserving_proto_field_name=True)
        if condition and not holds(condition, inputs):
            return Done(skipped=True)
        container = self._container(name)
        self.backend.fetch(given)
        if self.backend.runs_driver_hook and container.lifecycle.HasField("pre_cache_check"):
            hook = container.lifecycle.pre_cache_check
            self._launch([*hook.command, *hook.args], given)
            self._take_driver_output(given)
        kept = self.cache / f"{_fingerprint(container, given)}.json"
        if task.caching_options.enable_cache and kept.exists():
            return Done(json_format.Parse(kept.read_text(), pb.ExecutorOutput()), cached=True)
        self._launch([*container.command, *container.args], given)
        output = self._output(given)
        self.backend.store(given)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json_format.MessageToJson(output))
        return Done(output)

    def _container(self, name: str) -> Container:
        deployment = json_format.ParseDict(
            json_format.MessageToDict(self.spec.deployment_spec), pb.PipelineDeploymentConfig()
        )
        component = self.spec.components[self.spec.root.dag.tasks[name].component_ref.name]
        return deployment.executors[component.executor_label].container

    def _executor_input(
        self, name: str, done: Mapping[str, Done], values: Mapping[str, struct_pb2.Value]
    ) -> pb.ExecutorInput:
        task = self.spec.root.dag.tasks[name]
        given = pb.ExecutorInput()
        for key, source in task.inputs.artifacts.items():
            made = source.task_output_artifact
            listed = done[made.producer_task].output.artifacts[made.output_artifact_key]
            given.inputs.artifacts[key].artifacts.extend(
                self.backend.hand_over(made.output_artifact_key, artifact)
                for artifact in listed.artifacts
            )
        for key, parameter in task.inputs.parameters.items():
            given.inputs.parameter_values[key].CopyFrom(_parameter(parameter, done, values))
        declared = self.spec.components[task.component_ref.name].output_definitions
        given.outputs.CopyFrom(
            self.backend.plan_outputs(declared, root=self.root, run_id=self.run_id, task=name)
        )
        return given

    def _launch(self, command: Sequence[str], given: pb.ExecutorInput) -> None:
        filled = [fill(word, given) for word in command]
        self.launch(filled, self.backend.environment)

    def _take_driver_output(self, given: pb.ExecutorInput) -> None:
        output = _read_output(given)
        for key, value in output.parameter_values.items():
            given.inputs.parameter_values[key].CopyFrom(value)

    def _output(self, given: pb.ExecutorInput) -> pb.ExecutorOutput:
        """What the container says of its outputs, over what was planned for them."""
        said = _read_output(given)
        output = pb.ExecutorOutput()
        for key, value in said.parameter_values.items():
            output.parameter_values[key].CopyFrom(value)
        for key, listed in given.outputs.artifacts.items():
            output.artifacts[key].CopyFrom(listed)
            for artifact, told in zip(
                output.artifacts[key].artifacts, said.artifacts[key].artifacts, strict=False
            ):
                artifact.uri = told.uri or artifact.uri
                artifact.metadata.update(told.metadata)
        return output


def order(dag: pb.DagSpec) -> list[str]:
    """The tasks, each after those that it waits for; the same order each time."""
    sorter = graphlib.TopologicalSorter(
        {name: sorted(_waits_for(dag.tasks[name])) for name in sorted(dag.tasks)}
    )
    return list(sorter.static_order())


def _waits_for(task: pb.PipelineTaskSpec) -> set[str]:
    artifacts = (a.task_output_artifact.producer_task for a in task.inputs.artifacts.values())
    parameters = (p.task_output_parameter.producer_task for p in task.inputs.parameters.values())
    return {name for name in (*task.dependent_tasks, *artifacts, *parameters) if name}


def _parameter(
    source: pb.TaskInputsSpec.InputParameterSpec,
    done: Mapping[str, Done],
    values: Mapping[str, struct_pb2.Value],
) -> struct_pb2.Value:
    match source.WhichOneof("kind"):
        case "component_input_parameter":
            return values[source.component_input_parameter]
        case "runtime_value":
            return source.runtime_value.constant
        case "task_output_parameter":
            made = source.task_output_parameter
            return done[made.producer_task].output.parameter_values[made.output_parameter_key]
        case other:
            raise ValueError(f"a parameter from {other} is not supported")


def _read_output(given: pb.ExecutorInput) -> pb.ExecutorOutput:
    path = Path(given.outputs.output_file)
    return json_format.Parse(path.read_text() if path.exists() else "{}", pb.ExecutorOutput())


def _fingerprint(container: Container, given: pb.ExecutorInput) -> str:
    """What a cached output is found by: command, image, parameters, and which inputs."""
    facts = [
        container.image,
        list(container.command),
        list(container.args),
        json_format.MessageToDict(given.inputs),
        sorted(given.outputs.artifacts),
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
