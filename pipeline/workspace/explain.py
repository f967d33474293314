"""`digits explain`: the verdict of a run, in a sentence and a table."""

import itertools
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evaluation.slice_names import WHOLE
from evaluation.verdict import JSON_FILE, Check, Verdict
from evaluation.wording import SIGNED, ranged
from pipeline.workspace.node import Node
from pipeline.workspace.runs import open_history
from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError

_PASSED = {True: Text("yes", "green"), False: Text("no", "red"), None: Text("-", "dim")}


def explain(workspace: Workspace, run_id: str | None) -> Verdict:
    """The verdict of a run, the last one that was judged if none is named.

    Raises UserError if there is no such run, it ended before the model was judged, or its verdict
    is gone or damaged.
    """
    run, nodes = judged_run(workspace, run_id)
    folder = nodes["Evaluator"].outputs["evaluation"].uri
    if not (folder / JSON_FILE).is_file():
        raise UserError(f"the verdict of run {run} is gone from {folder}; run again")
    try:
        return Verdict.model_validate_json((folder / JSON_FILE).read_bytes())
    except ValueError as error:
        raise UserError(
            f"the verdict of run {run}, {folder / JSON_FILE}, is damaged; run again"
        ) from error


def judged_run(workspace: Workspace, run_id: str | None) -> tuple[str, dict[str, Node]]:
    """The id and the components of a run whose Evaluator is done, the last if none is named."""
    history = open_history(workspace)
    runs = history.runs()
    if run_id is not None and run_id not in runs:
        last = f"the last one is {runs[-1]}" if runs else "there are none yet"
        raise UserError(f"there is no run {run_id} in {workspace.root}; {last}")
    for one in [run_id] if run_id else runs[::-1]:
        nodes = history.nodes(one)
        if "Evaluator" in nodes and nodes["Evaluator"].complete:
            return one, nodes
    which = f"the run {run_id}" if run_id else "every run"
    raise UserError(f"{which} ended before the model was judged; see its log and run again")


def as_table(verdict: Verdict) -> Group:
    """For people: the sentence, a table for each slice, and why checks failed or did not judge.

    It fits 80 columns.
    """
    columns = ["metric", "value", "bar", "champion", "difference", "pass"]
    if not verdict.champion:
        columns = [name for name in columns if name not in ("champion", "difference")]
    slices = itertools.groupby(verdict.checks, key=lambda check: check.slice)
    width = max((len(check.title) for check in verdict.checks), default=0)
    tables = (_slice_table(list(checks), columns, width) for _, checks in slices)
    claim = [verdict.claim] if verdict.claim else []
    return Group(verdict.sentence, *claim, *tables, "", *_notes(verdict))


def _slice_table(checks: list[Check], columns: list[str], width: int) -> Table:
    which, count = checks[0].slice, checks[0].count
    title = f"{'the ' * (which == WHOLE)}{which}: {count:,} picture{'s' * (count != 1)}"
    narrow: dict[str, Any] = {"pad_edge": False, "show_edge": False, "padding": (0, 1, 0, 0)}
    table = Table(title=f"\n{title}", box=SIMPLE_HEAD, **narrow)
    for column in columns:
        words = column in ("metric", "pass")
        table.add_column(column, justify="left" if words else "right", no_wrap=True)
    table.columns[0].min_width = width
    for check in checks:
        cells: dict[str, RenderableType] = {
            **check.cells(),
            "difference": ranged(check.change, SIGNED, short=True),
            "pass": _PASSED[check.passed],
        }
        table.add_row(*(cells[column] for column in columns))
    return table


def _notes(verdict: Verdict) -> list[str]:
    silent = (one for one in verdict.checks if one.bar is not None and one.passed is None)
    return [*verdict.reasons, *(check.reason for check in silent)]
