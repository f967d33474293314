"""`digits runs`: the history of a workspace, from ML Metadata."""

import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel, TypeAdapter
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from pipeline.workspace.history import History
from pipeline.workspace.labels import name_and_tags
from pipeline.workspace.node import Node
from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError
from vocabulary.leaves import leaves
from vocabulary.task.find import task_names
from vocabulary.task.judging import always_shown, metrics_of

CONFIG, CODE, METRICS = "config", "code", "metrics"
"""What `digits run` notes of a run in ML Metadata: JSON, text, JSON."""


class RunRecord(BaseModel):
    """One run.

    `name` and `tags` are what it was called, empty for nothing. `seconds` are without components
    from the cache; `state` is `complete`, or the first component that is not and its state;
    `changes` of the config are since the run before. `pushed_version` is what this run pushed,
    `served_version` what its model serves as, whichever run pushed it, and `serving` whether the
    version now serving comes from this run.
    """

    run_id: str
    name: str = ""
    tags: list[str] = []
    began: datetime | None
    seconds: float
    state: str
    code: str
    task: str = ""
    changes: list[str]
    metrics: dict[str, float]
    blessed: bool | None
    pushed_version: int | None
    served_version: int | None
    serving: bool


def open_history(workspace: Workspace) -> History:
    """The history of a workspace that has one.

    Raises UserError if there is no database, or it cannot be read.
    """
    if not workspace.metadata.is_file():
        raise UserError(
            f"{workspace.root} holds no runs; make one with `digits run`, or name another "
            "--workspace"
        )
    return History(workspace)


def list_runs(workspace: Workspace) -> list[RunRecord]:
    """All runs, oldest first; raises as `open_history`."""
    history = open_history(workspace)
    before, records = "", []
    for run_id, notes in history.notes().items():
        config = notes.get(CONFIG, "")
        records.append(_record(run_id, notes, history.nodes(run_id), before=before))
        before = config or before
    serving = workspace.serving_version
    # The first with this version: later runs of the same model have it, too.
    origin = next((one for one in records if serving and one.served_version == serving), None)
    if origin:
        origin.serving = True
    return records


def config_of(workspace: Workspace, run_id: str) -> dict[str, Any]:
    """The effective config of a run.

    Raises as `open_history`, and UserError if there is no such run, or nothing noted of it.
    """
    notes = open_history(workspace).notes()
    if run_id not in notes:
        raise UserError(f"there is no run {run_id}; `digits runs` lists those there are")
    if CONFIG not in notes[run_id]:
        raise UserError(f"the config of run {run_id} was not noted; name another run")
    config: dict[str, Any] = json.loads(notes[run_id][CONFIG])
    return config


def _record(
    run_id: str, notes: dict[str, str], nodes: dict[str, Node], *, before: str
) -> RunRecord:
    config = notes.get(CONFIG, "")
    unfinished = [f"{node.id} {node.state}" for node in nodes.values() if not node.complete]
    done = "Report" in nodes and not unfinished
    complete = {name: node for name, node in nodes.items() if node.complete}
    pusher, evaluator = complete.get("Pusher"), complete.get("Evaluator")
    name, tags = name_and_tags(notes)
    return RunRecord(
        run_id=run_id,
        name=name,
        tags=tags,
        began=min((node.began for node in nodes.values()), default=None),
        seconds=round(sum(node.seconds for node in nodes.values() if not node.cached), 3),
        state="complete" if done else (*unfinished, "interrupted")[0],
        code=notes.get(CODE, ""),
        task=_task(config),
        changes=changes(json.loads(before), json.loads(config)) if before and config else [],
        metrics=json.loads(notes.get(METRICS, "{}")),
        blessed=evaluator.blessed if evaluator else None,
        pushed_version=pusher.pushed_version if pusher else None,
        served_version=pusher.served_version if pusher else None,
        serving=False,
    )


def _task(config: str) -> str:
    """The kind of task in a config; it was no group once."""
    task = json.loads(config or "{}").get("task", "")
    return str(task["kind"] if isinstance(task, dict) else task)


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The differences between two configs, as `key: old → new`; a value may be `none`."""
    old, new = _leaves(before), _leaves(after)
    return [
        f"{key}: {old.get(key, 'none')} → {new.get(key, 'none')}"
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]


def _leaves(tree: dict[str, Any]) -> dict[str, str]:
    return {".".join(path): json.dumps(value).strip('"') for path, value in leaves(tree)}


def as_json(records: list[RunRecord]) -> str:
    """One JSON object: `{"runs": [...]}`."""
    return TypeAdapter(dict[str, list[RunRecord]]).dump_json({"runs": records}).decode()


def as_table(records: list[RunRecord]) -> Table:
    """For people: the outcome of a run stands below its id, so that 80 columns hold whole keys."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("run", overflow="fold")
    tasks = dict.fromkeys(one.task for one in records if one.task in task_names())
    metrics = {metric.name: metric for task in tasks for metric in always_shown(metrics_of(task))}
    for metric in metrics.values():
        table.add_column(metric.title, justify="right")
    table.add_column("changed since the run before", overflow="fold")
    for one in records:
        values = (one.metrics.get(name) for name in metrics)
        shown = (f"{value:.4f}" if value is not None else "" for value in values)
        table.add_row(
            Text.assemble(f"{one.run_id}\n", _called(one), _outcome(one)),
            *shown,
            "\n".join(one.changes),
        )
    return table


def _called(one: RunRecord) -> Text:
    """The name and the tags, a line each; nothing where there are none."""
    tags = " ".join(f"#{tag}" for tag in one.tags)
    return Text.assemble((f"{one.name}\n" if one.name else "", "bold"), f"{tags}\n" if tags else "")


def _outcome(one: RunRecord) -> Text:
    if one.state != "complete":
        return Text(one.state, "red")
    if not one.blessed:
        return Text("not blessed")
    outcome = "blessed"
    if one.pushed_version:
        outcome = f"pushed {one.pushed_version}"
    elif one.served_version:
        outcome = f"already serves as {one.served_version}"
    serving = ("\nserving now", "green") if one.serving else ""
    return Text.assemble(outcome, serving)
