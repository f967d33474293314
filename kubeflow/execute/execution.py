"""Executes a compiled pipeline without a cluster, container command by container command.

It reads the spec alone, as a back end does: orders the tasks, gives each its inputs, evaluates its
condition, looks into the cache, fills the placeholders of its command and starts it. What differs
between the back ends is in `kubeflow.execute.backend` and `kubeflow.execute.open_source`.
"""

import graphlib
import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf import json_format, struct_pb2
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.execute.backend import Backend, Container
from kubeflow.execute.conditions import holds
from kubeflow.execute.container import StepFailedError, fill
from kubeflow.parsed import producers
from kubeflow.spec_file import write_whole
from kubeflow.values import checked_values, value_of
from trainer.accelerators import WITHOUT_ACCELERATORS
from vocabulary.errors import UserError

Launch = Callable[[str, Sequence[str], Mapping[str, str]], None]
"""Starts the command of a task with additional environment variables; raises if it fails."""


@dataclass(frozen=True)
class TaskResult:
    """How a task ended.

    It is skipped if its condition, or a task that it depends on, keeps it from running. Its outputs
    are known by their addresses.
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
        root: the address under which outputs go.
        cache: the folder of the cache, shared by runs.
        values: of the runtime parameters; others have their defaults.
        claims: those of the volumes that an executor's pod mounts, by its label.
        code: names the code that commands run, which a back end knows by the image alone.
        on_start: called with the name of each task that begins.
        on_finish: called with the name of each task that has ended, and how.
        on_retry: called with the failure of a task that is tried again, and which try is next.
    """

    spec: pb.PipelineSpec
    root: str
    backend: Backend
    launch: Launch
    cache: Path
    run_id: str
    values: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[str, Collection[str]] = field(default_factory=dict)
    code: str = ""
    on_start: Callable[[str], None] = lambda task: None
    on_finish: Callable[[str, TaskResult], None] = lambda task, result: None
    on_retry: Callable[[StepFailedError, int], None] = lambda error, attempt: None

    def run(self) -> dict[str, TaskResult]:
        """Runs every task in order; gives the result of each.

        Raises UserError if tasks depend on each other in a circle, a parameter's value is wrong, or
        a condition cannot be evaluated.
        """
        results: dict[str, TaskResult] = {}
        values = checked_values(self.spec, self.values)
        for name in _order(self.spec.root.dag):
            task = self.spec.root.dag.tasks[name]
            self.on_start(name)
            if any(results[before].skipped for before in task.dependent_tasks):
                results[name] = TaskResult(skipped=True)
            else:
                results[name] = self._run_task(name, self.executor_input(name, results, values))
            self.on_finish(name, results[name])
        return results

    def executor_input(
        self, name: str, results: Mapping[str, TaskResult], values: Mapping[str, struct_pb2.Value]
    ) -> pb.ExecutorInput:
        """The ExecutorInput of a task, with addresses."""
        task = self.spec.root.dag.tasks[name]
        executor_input = pb.ExecutorInput()
        for key, source in task.inputs.artifacts.items():
            output = source.task_output_artifact
            listed = results[output.producer_task].output.artifacts[output.output_artifact_key]
            executor_input.inputs.artifacts[key].artifacts.extend(
                self.backend.hand_over(output.output_artifact_key, artifact)
                for artifact in listed.artifacts
            )
        for key, parameter in task.inputs.parameters.items():
            value = value_of(parameter, values)
            executor_input.inputs.parameter_values[key].CopyFrom(value)
        declared = self.spec.components[task.component_ref.name].output_definitions
        executor_input.outputs.CopyFrom(
            self.backend.plan_outputs(declared, root=self.root, run_id=self.run_id, task=name)
        )
        return executor_input

    def _run_task(self, name: str, executor_input: pb.ExecutorInput) -> TaskResult:
        task = self.spec.root.dag.tasks[name]
        condition = task.trigger_policy.condition
        inputs = json_format.MessageToDict(executor_input.inputs, preserving_proto_field_name=True)
        if condition and not holds(condition, inputs):
            return TaskResult(skipped=True)
        label, container = self._container(name)
        self.backend.fetch(executor_input, 0)
        if self.backend.runs_driver_hook and container.lifecycle.HasField("pre_cache_check"):
            hook = container.lifecycle.pre_cache_check
            self._launch(name, [*hook.command, *hook.args], executor_input)
            for key, value in self._written(executor_input).parameter_values.items():
                executor_input.inputs.parameter_values[key].CopyFrom(value)
        cached = self.cache / f"{self._fingerprint(label, container, executor_input)}.json"
        if task.caching_options.enable_cache and cached.exists():
            return TaskResult(json_format.Parse(cached.read_text(), pb.ExecutorOutput()), True)
        self._try(name, [*container.command, *container.args], executor_input)
        output = _over_planned(self._written(executor_input), executor_input.outputs)
        self.backend.store(executor_input)
        write_whole(cached, json_format.MessageToJson(output))
        return TaskResult(output)

    def _container(self, name: str) -> tuple[str, Container]:
        """The container of a task, and its executor's label."""
        deployment = json_format.ParseDict(
            json_format.MessageToDict(self.spec.deployment_spec), pb.PipelineDeploymentConfig()
        )
        component = self.spec.components[self.spec.root.dag.tasks[name].component_ref.name]
        label = component.executor_label
        return label, deployment.executors[label].container

    def _try(self, name: str, command: Sequence[str], executor_input: pb.ExecutorInput) -> None:
        """Runs a command, again as often as the task's retry policy says."""
        retries = self.spec.root.dag.tasks[name].retry_policy.max_retry_count
        for attempt in range(retries):
            try:
                self._launch(name, command, executor_input)
            except StepFailedError as error:
                self.on_retry(error, attempt + 1)
                self.backend.fetch(executor_input, attempt + 1)
            else:
                return
        self._launch(name, command, executor_input)

    def _launch(self, name: str, command: Sequence[str], executor_input: pb.ExecutorInput) -> None:
        seen = self.backend.in_container(executor_input)
        words = [fill(self.backend.folders.localized_word(word), seen) for word in command]
        self.launch(name, words, {**self.backend.environment, WITHOUT_ACCELERATORS: "1"})

    def _written(self, executor_input: pb.ExecutorInput) -> pb.ExecutorOutput:
        """What the container has written of its outputs."""
        path = self.backend.folders.path(executor_input.outputs.output_file)
        text = path.read_text() if path.exists() else "{}"
        return self.backend.folders.restored(json_format.Parse(text, pb.ExecutorOutput()))

    def _fingerprint(
        self, label: str, container: Container, executor_input: pb.ExecutorInput
    ) -> str:
        """What a cached output is found by: the back end's own key, and the code."""
        claims = self.claims.get(label, ())
        facts = [self.code, self.backend.cache_key(container, executor_input, claims)]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _order(dag: pb.DagSpec) -> list[str]:
    """The tasks, each after those that it depends on; the same order each time."""
    before = {}
    for name, task in sorted(dag.tasks.items()):
        before[name] = sorted({*task.dependent_tasks, *producers(task)})
    try:
        return list(graphlib.TopologicalSorter(before).static_order())
    except graphlib.CycleError as error:
        circle = " → ".join(error.args[1])
        raise UserError(f"these tasks depend on each other in a circle: {circle}") from error


def _over_planned(
    written: pb.ExecutorOutput, planned: pb.ExecutorInput.Outputs
) -> pb.ExecutorOutput:
    """What a container wrote of its outputs, over what was planned for them."""
    output = pb.ExecutorOutput()
    for key, value in written.parameter_values.items():
        output.parameter_values[key].CopyFrom(value)
    for key, listed in planned.artifacts.items():
        output.artifacts[key].CopyFrom(listed)
        for artifact, described in zip(
            output.artifacts[key].artifacts, written.artifacts[key].artifacts, strict=False
        ):
            artifact.uri = described.uri or artifact.uri
            artifact.metadata.update(described.metadata)
    return output
