"""`digits execute`: one run of a compiled pipeline on this machine, from its file to a summary."""

import contextlib
import json
import logging
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from components.report.page import REPORT, REPORT_FILE
from kubeflow.execute.backend import Backend
from kubeflow.execute.compiled_config import compiled_config
from kubeflow.execute.container import StepFailedError, run_container
from kubeflow.execute.execution import Execution, Launch
from kubeflow.execute.folders import EXECUTED, Folders
from kubeflow.execute.limits import SUMMARISED, differences, require_executable
from kubeflow.execute.open_source import OpenSource
from kubeflow.execute.steps import Steps
from kubeflow.execute.vertex import Vertex
from kubeflow.names import component_id, kebab_case
from kubeflow.rules import Pipeline, mounts
from kubeflow.spec_file import CompiledPipeline
from kubeflow.values import checked_values
from pipeline.code.digest import digest_code
from pipeline.code.imports import PACKAGES, TASKS
from pipeline.config.config import Config
from pipeline.run.failure import disk_space_hint
from pipeline.run.narrator import Narrator
from pipeline.run.summary import RunSummary
from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError

POD: Final = "pod"


def execute(
    compiled: CompiledPipeline,
    workspace: Workspace,
    *,
    values: Mapping[str, Any],
    log: Path,
    narrator: Narrator,
) -> tuple[RunSummary, Config]:
    """Executes a compiled pipeline in a workspace that the caller has claimed.

    Args:
        compiled: the pipeline.
        workspace: in its folder `executed`, folders stand for buckets and volumes.
        values: of runtime parameters, by name.
        log: of the run; what each step prints goes to a file of its own beside it.
        narrator: prints a line for each step.

    Returns:
        The summary, as of a local run, and the config that was compiled, with the parameters.

    Raises:
        UserError: if the pipeline cannot be executed here, a parameter's value is wrong, or a step
            fails.
    """
    began = time.monotonic()
    pipeline = require_executable(compiled)
    config = compiled_config(pipeline, checked_values(pipeline.spec, values))
    for sentence in differences(pipeline):
        narrator.warn(sentence)
    root = workspace.resolved.root / EXECUTED
    backend = _backend(compiled.target, Folders(root, mounts(pipeline)), pod=root / POD)
    logging.info("%s, as %s does it, under %s", compiled.root, backend.name, root)
    steps = Steps(config, backend.folders, narrator)
    execution = Execution(
        spec=pipeline.spec,
        root=compiled.root,
        backend=backend,
        launch=_launch_beside(log),
        cache=root / "cache",
        run_id=log.parent.name,
        values=values,
        code=digest_code((*PACKAGES, TASKS)),
        on_start=steps.begin,
        on_finish=steps.end,
    )
    with _failures_as_sentences(log, workspace), _removed(root / POD):
        execution.run()
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


def _backend(target: str, folders: Folders, *, pod: Path) -> Backend:
    return Vertex(folders) if target == "vertex" else OpenSource(folders, pod)


def _launch_beside(log: Path) -> Launch:
    def launch(task: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        run_container(task, command, environment, log=_step_log(log, task))

    return launch


def _step_log(log: Path, task: str) -> Path:
    return log.with_name(f"{task}.log")


@contextlib.contextmanager
def _failures_as_sentences(log: Path, workspace: Workspace) -> Iterator[None]:
    try:
        yield
    except StepFailedError as error:
        logging.error("%s failed: %s", error.task, error)
        raise UserError(
            f"{component_id(error.task)} failed: {error}{disk_space_hint(workspace.root)}\n"
            f"Its log is {_step_log(log, error.task)}"
        ) from error


@contextlib.contextmanager
def _removed(folder: Path) -> Iterator[None]:
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _push_destination(pipeline: Pipeline) -> str:
    task = pipeline.spec.root.dag.tasks[kebab_case("Pusher")]
    constant = task.inputs.parameters["push_destination"].runtime_value.constant
    return str(json.loads(constant.string_value)["filesystem"]["base_directory"])
