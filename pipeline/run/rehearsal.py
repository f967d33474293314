"""`digits run --dry-run`: which components a run would run, and why; the rest is in the cache.

TFX's launcher prepares each component as for a run, drivers included, and then asks the cache. It
does so in a shadow of the workspace: a copy of its database beside links to its artefacts and
versions, so that nothing of the workspace changes.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ml_metadata.proto import metadata_store_pb2
from pydantic import BaseModel
from rich.box import SIMPLE
from rich.table import Table
from tfx.orchestration.portable import launcher

from pipeline.config.config import Config
from pipeline.run.local_cache import local_cache
from pipeline.run.local_runner import compile_locally, make_launcher
from pipeline.workspace.database import open_database
from pipeline.workspace.relocation import rebase
from pipeline.workspace.workspace import Workspace

_RUN: Final = "dry-run"
_DONE: Final = (metadata_store_pb2.Execution.COMPLETE, metadata_store_pb2.Execution.CACHED)


class Step(BaseModel):
    """A component: whether it would run, and why."""

    id: str
    runs: bool
    why: str


class Rehearsal(BaseModel):
    """What a run would do, in the order of the DAG."""

    steps: list[Step]

    def as_table(self) -> Table:
        """A row for each component."""
        table = Table(box=SIMPLE, pad_edge=False)
        for heading in ("component", "outcome", "why"):
            table.add_column(heading, overflow="fold")
        for step in self.steps:
            table.add_row(step.id, "runs" if step.runs else "from the cache", step.why)
        return table


class _Preparing(launcher.Launcher):
    """Prepares a component, and neither runs it nor publishes anything."""

    def is_cached(self) -> bool:
        """Whether its outputs are in the cache, from which they are then taken."""
        return not self._prepare_execution().is_execution_needed


def rehearse(config: Config, workspace: Workspace) -> Rehearsal:
    """What a run of a config would do in a workspace, which the caller has claimed if it is there.

    Files of a source that are not there are fetched, as a run would.
    """
    steps: dict[str, Step] = {}
    damages: list[str] = []
    with _shadow(workspace) as shadow, local_cache(shadow, damages.append):
        ir, connection = compile_locally(config, shadow, _RUN)
        for node in (one.pipeline_node for one in ir.nodes):
            name = node.node_info.id
            waits = [up for up in node.upstream_nodes if steps[up].runs]
            if waits:
                steps[name] = Step(id=name, runs=True, why=f"after {', '.join(waits)}")
            elif make_launcher(_Preparing, node, ir, connection).is_cached():
                steps[name] = Step(id=name, runs=False, why="")
            else:
                why = "; ".join(damages) or _why(
                    shadow, node.node_info.type.name, node.node_info.id
                )
                steps[name] = Step(id=name, runs=True, why=why)
            damages.clear()
    return Rehearsal(steps=[*steps.values()])


@contextlib.contextmanager
def _shadow(workspace: Workspace) -> Iterator[Workspace]:
    """A workspace that reads the artefacts and versions of another, and writes elsewhere."""
    place = workspace.resolved
    with tempfile.TemporaryDirectory(prefix="digits-") as folder:
        shadow = Workspace(Path(folder).resolve())
        if place.metadata.is_file():
            shutil.copyfile(place.metadata, shadow.metadata)
        shadow.serving.parent.mkdir(parents=True, exist_ok=True)
        shadow.serving.symlink_to(place.serving)
        # Only outputs are linked: what a component works in, `.system`, is the shadow's own.
        for outputs in place.artifacts.glob("*/[!.]*"):
            link = shadow.artifacts / outputs.relative_to(place.artifacts)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(outputs)
        shadow.artifacts.mkdir(exist_ok=True)
        open_database(shadow.metadata)
        rebase(shadow)
        yield shadow


def _why(workspace: Workspace, type_name: str, node_id: str) -> str:
    """Why the last outputs of a component are not taken, as far as its last execution tells."""
    store = open_database(workspace.metadata)
    executions = [
        one
        for one in store.get_executions_by_type(type_name)
        if any(
            context.name.endswith(f".{node_id}")
            for context in store.get_contexts_by_execution(one.id)
        )
    ]
    *before, now = sorted(executions, key=lambda one: one.id)
    done = [one for one in before if one.last_known_state in _DONE]
    if not done:
        return "it has not run yet"
    if _settings(done[-1], now):
        return "its settings have changed"
    inputs = [_inputs(store, one.id) for one in (done[-1], now)]
    if inputs[0] != inputs[1]:
        return "its inputs have changed"
    return "its code, a library, or what it looks up has changed"


def _settings(before: metadata_store_pb2.Execution, now: metadata_store_pb2.Execution) -> set[str]:
    """The properties that both have, of different values."""
    old, new = before.custom_properties, now.custom_properties
    return {name for name in old.keys() & new.keys() if old[name] != new[name]}


def _inputs(store: Any, execution_id: int) -> set[int]:
    """The ids of the artefacts that an execution takes."""
    events = store.get_events_by_execution_ids([execution_id])
    return {event.artifact_id for event in events if event.type == metadata_store_pb2.Event.INPUT}
