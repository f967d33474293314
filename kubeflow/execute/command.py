"""`digits execute`: one run of a compiled pipeline on this machine, from its file to a summary."""

import json
import logging
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.report.page import REPORT, REPORT_FILE
from kubeflow.execute.backend import Vertex
from kubeflow.execute.compiled_config import compiled_config
from kubeflow.execute.container import StepFailedError, run_container
from kubeflow.execute.execution import Execution, TaskResult
from kubeflow.execute.folders import EXECUTED, Folders
from kubeflow.execute.limits import SUMMARISED, differences, require_executable
from kubeflow.execute.open_source import OpenSource
from kubeflow.names import component_id, kebab_case
from kubeflow.parsed import Pipeline, claims, mounts
from kubeflow.spec_file import CompiledPipeline, whole_numbers
from kubeflow.values import checked_values
from pipeline.code.digest import digest_code
from pipeline.code.imports import PACKAGES, TASKS
from pipeline.config.config import Config
from pipeline.run.descriptions import describe
from pipeline.run.failure import disk_space_hint
from pipeline.run.narrator import Narrator
from pipeline.run.summary import RunSummary
from pipeline.workspace.history import Node, Output
from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError


@dataclass
class _Steps:
    """The steps that have ended, as nodes by the component's id."""

    config: Config
    folders: Folders
    narrator: Narrator
    nodes: dict[str, Node] = field(default_factory=dict)
    _began: float = 0.0

    def begin(self, task: str) -> None:
        """A task begins."""
        self._began = time.monotonic()
        logging.info("%s begins", task)
        self.narrator.begin(component_id(task))

    def again(self, error: StepFailedError, attempt: int) -> None:
        """A task failed and is tried again."""
        name = component_id(error.task)
        self.narrator.warn(f"{name} failed: {error}; try {attempt + 1} begins")
        self.narrator.begin(name)

    def end(self, task: str, result: TaskResult) -> None:
        """A task has ended."""
        node = Node(
            id=component_id(task),
            execution_id=0,
            state="skipped" if result.skipped else "complete",
            cached=result.cached,
            seconds=time.monotonic() - self._began,
            outputs={
                key: Output(self.folders.path(result.uri(key)), whole_numbers(result.metadata(key)))
                for key in result.output.artifacts
            },
        )
        self.nodes[node.id] = node
        if result.skipped:
            words = "skipped: its condition does not hold"
        else:
            words = describe(node, self.config)
        logging.info(
            "%s is done, %.1f s%s: %s", task, node.seconds, ", cached" * node.cached, words
        )
        self.narrator.end(node, words)


def execute(
    compiled: CompiledPipeline,
    workspace: Workspace,
    *,
    values: Mapping[str, Any],
    log: Path,
    narrator: Narrator,
) -> tuple[RunSummary, Config]:
    """Executes a compiled pipeline in a workspace that the caller has claimed.

    In the workspace's folder `executed`, folders stand for buckets and volumes. What each step
    prints goes to a file of its own beside the log.

    Returns:
        The summary, as of a local run, and the config that was compiled, with the parameters.

    Raises UserError if the pipeline cannot be executed here, a parameter's value is wrong, or a
    step fails.
    """
    began = time.monotonic()
    pipeline = require_executable(compiled)
    config = compiled_config(pipeline, checked_values(pipeline.spec, values))
    for sentence in differences(pipeline):
        narrator.warn(sentence)
    root = workspace.resolved.root / EXECUTED
    folders, pod = Folders(root, mounts(pipeline)), root / "pod"
    backend = Vertex(folders) if compiled.target == "vertex" else OpenSource(folders, pod)
    logging.info("%s, as %s does it, under %s", compiled.root, backend.name, root)

    def launch(task: str, words: Sequence[str], environment: Mapping[str, str]) -> None:
        run_container(task, words, environment, log=_step_log(log, task))

    steps = _Steps(config, backend.folders, narrator)
    execution = Execution(
        spec=pipeline.spec,
        root=compiled.root,
        backend=backend,
        launch=launch,
        cache=root / "cache",
        run_id=log.parent.name,
        values=values,
        claims=claims(pipeline),
        code=digest_code((*PACKAGES, TASKS)),
        on_start=steps.begin,
        on_finish=steps.end,
        on_retry=steps.again,
    )
    try:
        _run(execution, workspace, log)
    finally:
        shutil.rmtree(pod, ignore_errors=True)
    skipped = [name for name in SUMMARISED if steps.nodes[name].state == "skipped"]
    if skipped:
        raise UserError(f"{', '.join(skipped)} did not run, since a condition does not hold")
    page = log.with_name(REPORT_FILE)
    shutil.copy(steps.nodes["Report"].outputs[REPORT].uri / REPORT_FILE, page)
    summary = RunSummary.of(
        steps.nodes,
        config,
        workspace,
        run_id=log.parent.name,
        report=str(page),
        log=str(log),
        seconds=time.monotonic() - began,
    )
    pushed_to = backend.folders.path(_push_destination(pipeline)).relative_to(root)
    return summary.model_copy(
        update={"serving_dir": str(workspace.root / EXECUTED / pushed_to)}
    ), config


def _run(execution: Execution, workspace: Workspace, log: Path) -> None:
    try:
        execution.run()
    except StepFailedError as error:
        logging.error("%s failed: %s", error.task, error)
        raise UserError(
            f"{component_id(error.task)} failed: {error}{disk_space_hint(workspace.root)}\n"
            f"Its log is {_step_log(log, error.task)}"
        ) from error


def _step_log(log: Path, task: str) -> Path:
    return log.with_name(f"{task}.log")


def _push_destination(pipeline: Pipeline) -> str:
    task = pipeline.spec.root.dag.tasks[kebab_case("Pusher")]
    constant = task.inputs.parameters["push_destination"].runtime_value.constant
    return str(json.loads(constant.string_value)["filesystem"]["base_directory"])
