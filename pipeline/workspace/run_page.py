"""`digits report`: the page of a run, with what only ML Metadata knows: times and lineage.

The Report component's artefact stays as it is, for other runs may take it from the cache; the page
with the record of this run lies in the run's folder.
"""

from pathlib import Path

from components.report.page import REPORT, REPORT_FILE, fill_in, save_page
from pipeline.workspace.history import History
from pipeline.workspace.lineage import Lineage, lineage_of_run
from pipeline.workspace.node import Node
from pipeline.workspace.runs import open_history
from pipeline.workspace.workspace import Workspace
from vocabulary.document import Part, Section, Table, Words
from vocabulary.errors import UserError


def rebuild_page(workspace: Workspace, run_id: str | None) -> Path:
    """Writes the page of a run, by default of the last that has one; gives its path.

    Raises UserError if there is no such run, or it made no report.
    """
    history = open_history(workspace)
    known = history.runs()
    if run_id is None:
        run_id = next((one for one in reversed(known) if _made(history, one)), None)
    if run_id is None:
        raise UserError(f"no run in {workspace.root} has a report yet; `digits run` writes one")
    if run_id not in known:
        raise UserError(f"there is no run {run_id}; `digits runs` lists those there are")
    return write_page(history, workspace, run_id)


def write_page(history: History, workspace: Workspace, run_id: str) -> Path:
    """Writes the page of a run into its folder, and gives its path; UserError if there is none."""
    made = _made(history, run_id)
    if made is None:
        raise UserError(f"run {run_id} ended before it made a report; run again")
    if not made.is_file():
        raise UserError(f"the report of run {run_id} is gone from {made}; run again")
    nodes = list(history.nodes(run_id).values())
    record = [_times(run_id, nodes), _lineage(lineage_of_run(history, run_id))]
    page = fill_in(made.read_text(encoding="utf-8"), record)
    return save_page(page, workspace.page(run_id))


def _made(history: History, run_id: str) -> Path | None:
    node = history.nodes(run_id).get("Report")
    if node is None or not node.complete:
        return None
    return node.outputs[REPORT].uri / REPORT_FILE


def _times(run_id: str, nodes: list[Node]) -> Section:
    rows = [(node.id, "cached" if node.cached else f"{node.seconds:.1f}") for node in nodes]
    worked = [node for node in nodes if not node.cached]
    total = sum(node.seconds for node in worked)
    longest = max(worked, key=lambda node: node.seconds, default=None)
    times = (
        f"{longest.id} took {longest.seconds / total:.0%} of {total:.1f} s."
        if longest and total
        else "All components were taken from the cache."
    )
    began = (
        f"Run {run_id} started its first component at {nodes[0].began:%Y-%m-%d %H:%M:%S}. {times}"
    )
    return Section("times", "Time", [Words(began), Table(("component", "seconds"), rows)])


def _lineage(found: Lineage) -> Section:
    rows = [(step.component, step.run_id, step.short) for step in found.steps]
    settings = [tuple(setting.split(": ", 1)) for setting in found.settings]
    default = "Trained with configs/default.yaml"
    caption = "Components that were taken from the cache ran in an earlier run."
    parts: list[Part] = [
        Words(f"{default}, except for these keys:" if settings else f"{default}, unchanged."),
        *([Table(("key", "default → this run"), settings, numeric=False)] if settings else []),
        Table(("component", "ran in", "outputs"), rows, caption, numeric=False),
        Table(("run", "code"), list(found.code.items()), numeric=False),
    ]
    return Section("lineage", "Lineage", parts)
