"""`digits explain`: the verdict of a run, in a sentence and a table."""

import itertools

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.markup import escape
from rich.table import Table

from evaluation.results import WHOLE
from evaluation.verdict import JSON_FILE, TITLES, Check, Verdict, number, read_verdict
from pipeline.errors import UserError
from pipeline.history import History, Node
from pipeline.workspace import Workspace

_PASSED = {True: "[green]yes[/]", False: "[red]no[/]", None: "[dim]-[/]"}


def explain(workspace: Workspace, run_id: str | None) -> Verdict:
    """The verdict of a run, the last one that was judged if none is named.

    Raises:
        UserError: if there is no such run, it ended before the model was judged, or its verdict is
            gone or damaged.
    """
    run, nodes = judged_run(workspace, run_id)
    folder = nodes["Evaluator"].outputs["evaluation"].uri
    if not (folder / JSON_FILE).is_file():
        raise UserError(f"the verdict of run {run} is gone from {folder}; run again")
    try:
        return read_verdict(str(folder))
    except ValueError as error:
        raise UserError(
            f"the verdict of run {run}, {folder / JSON_FILE}, is damaged; run again"
        ) from error


def judged_run(workspace: Workspace, run_id: str | None) -> tuple[str, dict[str, Node]]:
    """The id and the components of a run whose Evaluator is done, the last if none is named.

    Raises:
        UserError: if there is none.
    """
    runs = sorted(path.name for path in (workspace.root / "runs").glob("*/"))
    if not (runs and workspace.metadata.is_file()):
        raise UserError(f"{workspace.root} holds no runs; make one with `digits run`")
    if run_id is not None and run_id not in runs:
        raise UserError(f"there is no run {run_id} in {workspace.root}; the last one is {runs[-1]}")
    history = History(workspace)
    for one in [run_id] if run_id else runs[::-1]:
        nodes = history.nodes(one)
        if "Evaluator" in nodes and nodes["Evaluator"].state == "complete":
            return one, nodes
    which = f"the run {run_id}" if run_id else "every run"
    raise UserError(f"{which} ended before the model was judged; see its log and run again")


def as_table(verdict: Verdict) -> Group:
    """For people: the sentence, a table for each slice, and why checks failed or did not judge.

    It fits 80 columns.
    """
    columns = ["metric", "value", "bar", "champion", "difference", "passed"]
    if not verdict.champion:
        columns = [name for name in columns if name not in ("champion", "difference")]
    slices = itertools.groupby(verdict.checks, key=lambda check: check.slice)
    tables = (_slice_table(list(checks), columns) for _, checks in slices)
    return Group(escape(verdict.sentence), *tables, *map(escape, _notes(verdict)))


def _slice_table(checks: list[Check], columns: list[str]) -> Table:
    which, count = checks[0].slice, checks[0].count
    title = f"{'the ' * (which == WHOLE)}{which}: {count:,} picture{'s' * (count != 1)}"
    table = Table(title=escape(title), box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        words = column in ("metric", "passed")
        table.add_column(column, justify="left" if words else "right", no_wrap=True)
    table.columns[0].min_width = max(map(len, TITLES.values()))
    for check in checks:
        cells = {
            "metric": TITLES[check.metric],
            "value": number(check.value),
            "bar": "no bar" if check.bar is None else f"{check.bar:g}",
            "champion": number(check.champion),
            "difference": _difference(check),
            "passed": _PASSED[check.passed],
        }
        table.add_row(*(cells[column] for column in columns))
    return table


def _difference(check: Check) -> str:
    """Short enough for a terminal of 80 columns: `-0.0100 ±0.0105`."""
    if check.difference is None:
        return "none"
    half = "" if check.high is None else f" ±{check.high - check.difference:.4f}"
    return f"{check.difference:+.4f}{half}"


def _notes(verdict: Verdict) -> list[str]:
    barred = [check for check in verdict.checks if check.bar is not None]
    silent = [check for check in barred if check.passed is None]
    return [
        *verdict.reasons,
        *(f"{check.metric} on {check.slice} does not judge: {check.reason}" for check in silent),
    ]
