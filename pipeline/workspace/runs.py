"""`digits runs`: the history of a workspace, from ML Metadata."""

import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel, TypeAdapter
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from vocabulary.errors import UserError
from pipeline.workspace.history import History, Node
from pipeline.workspace.outcome import blessed, pushed_version, served_version
from pipeline.workspace.workspace import Workspace
from vocabulary.task.find import task_names
from vocabulary.task.judging import always_shown

CONFIG, CODE, METRICS = "config", "code", "metrics"
"""What `digits run` notes of a run in ML Metadata: JSON, text, JSON."""


class RunRecord(BaseModel):
    """One run.

    `began` is when its first component did, in local time; `task` is empty where no config was
    noted; `changes` are those of the config since
    the run before, as in `training.epochs: 2 → 3`, none for the first run and where no config was
    noted; `state` is complete, or the first component that is not and how it ended; `blessed` is
    none where nothing was judged; `pushed_version` is what the run itself pushed, `served_version`
    what its model serves as, whichever run pushed it; `serving` is the one run that the version now
    serving came from.
    """

    run_id: str
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

    Raises:
        UserError: if there is no database, or it cannot be read.
    """
    if not workspace.metadata.is_file():
        raise UserError(
            f"{workspace.root} holds no runs; make one with `digits run`, or name another "
            "--workspace"
        )
    return History(workspace)


def list_runs(workspace: Workspace) -> list[RunRecord]:
    """All runs, oldest first.

    Raises:
        UserError: if there is no database, or it cannot be read.
    """
    history = open_history(workspace)
    before, records = "", []
    for run_id, notes in history.notes().items():
        config = notes.get(CONFIG, "")
        records.append(_record(run_id, notes, history.nodes(run_id), before=before))
        before = config or before
    serving = workspace.serving_version
    # The first that knows the version: one that was killed before it could note it has not.
    origin = next((one for one in records if serving and one.served_version == serving), None)
    if origin:
        origin.serving = True
    return records


def _record(
    run_id: str, notes: dict[str, str], nodes: dict[str, Node], *, before: str
) -> RunRecord:
    config = notes.get(CONFIG, "")
    unfinished = [f"{node.id} {node.state}" for node in nodes.values() if node.state != "complete"]
    done = "Report" in nodes and not unfinished
    pusher = nodes["Pusher"] if _complete(nodes, "Pusher") else None
    return RunRecord(
        run_id=run_id,
        began=min((node.began for node in nodes.values()), default=None),
        seconds=round(sum(node.seconds for node in nodes.values() if not node.cached), 3),
        state="complete" if done else (*unfinished, "broken off")[0],
        code=notes.get(CODE, ""),
        task=_task(config),
        changes=changes(json.loads(before), json.loads(config)) if before and config else [],
        metrics=json.loads(notes.get(METRICS, "{}")),
        blessed=blessed(nodes["Evaluator"]) if _complete(nodes, "Evaluator") else None,
        pushed_version=pushed_version(pusher) if pusher else None,
        served_version=served_version(pusher) if pusher else None,
        serving=False,
    )


def _task(config: str) -> str:
    """The kind of task in a config; it was no group once."""
    task = json.loads(config or "{}").get("task", "")
    return str(task["kind"] if isinstance(task, dict) else task)


def _complete(nodes: dict[str, Node], name: str) -> bool:
    return name in nodes and nodes[name].state == "complete"


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What differs between two configs: `key: old → new` for each leaf, where one may be none."""
    old, new = _leaves(before), _leaves(after)
    return [
        f"{key}: {old.get(key, 'none')} → {new.get(key, 'none')}"
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]


def _leaves(tree: dict[str, Any], prefix: str = "") -> dict[str, str]:
    leaves: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            leaves |= _leaves(value, f"{prefix}{key}.")
        else:
            leaves[prefix + key] = json.dumps(value).strip('"')
    return leaves


def as_json(records: list[RunRecord]) -> str:
    """One JSON object: `{"runs": [...]}`."""
    return TypeAdapter(dict[str, list[RunRecord]]).dump_json({"runs": records}).decode()


def as_table(records: list[RunRecord]) -> Table:
    """For people; what came of a run stands below its id, so that 80 columns hold whole keys."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("run", overflow="fold")
    tasks = dict.fromkeys(one.task for one in records if one.task in task_names())
    metrics = {metric.name: metric for task in tasks for metric in always_shown(task)}
    for metric in metrics.values():
        table.add_column(metric.title, justify="right")
    table.add_column("changed since the run before", overflow="fold")
    for one in records:
        values = (one.metrics.get(name) for name in metrics)
        shown = (f"{value:.4f}" if value is not None else "" for value in values)
        table.add_row(
            f"{escape(one.run_id)}\n{_outcome(one)}", *shown, escape("\n".join(one.changes))
        )
    return table


def _outcome(one: RunRecord) -> str:
    if one.state != "complete":
        return f"[red]{escape(one.state)}[/]"
    if not one.blessed:
        return "not blessed"
    said = "blessed"
    if one.pushed_version:
        said = f"pushed {one.pushed_version}"
    elif one.served_version:
        said = f"already serves as {one.served_version}"
    return f"{said}\n[green]serving now[/]" if one.serving else said
