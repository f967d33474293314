"""`digits runs --lineage VERSION`: which data, code and config led to a version."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from rich.box import SIMPLE_HEAD
from rich.table import Table

from pipeline.config.file import read_config
from pipeline.workspace.history import History
from pipeline.workspace.runs import CODE, CONFIG, changes, open_history
from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError


class Step(BaseModel):
    """The outputs of a component, as paths, and the run that produced them."""

    component: str
    run_id: str
    made: list[str]

    @property
    def short(self) -> str:
        """The outputs, as paths within `artifacts/`."""
        return "\n".join("/".join(Path(path).parts[-3:]) for path in self.made)


class Lineage(BaseModel):
    """Everything that led to the model of a run.

    `version` is what its model serves as, `pushed` whether this run pushed it, `code` the version
    of the code by run, `config` that of the run that trained the model.
    """

    run_id: str
    version: int | None
    pushed: bool
    steps: list[Step]
    code: dict[str, str]
    config: dict[str, Any]

    @property
    def settings(self) -> list[str]:
        """Where the config differs from `configs/default.yaml`."""
        return changes(json.loads(read_config(None).model_dump_json()), self.config)

    def as_table(self) -> Table:
        """For people."""
        how = "pushed by" if self.pushed else "first served in"
        title = f"version {self.version}, {how} run {self.run_id}"
        table = Table(box=SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
        for name in ("component", "ran in", "outputs"):
            table.add_column(name, overflow="fold")
        for step in self.steps:
            table.add_row(step.component, step.run_id, step.short)
        table.add_section()
        for run_id, code in self.code.items():
            table.add_row("code", run_id, code)
        settings = "\n".join(self.settings) or "as configs/default.yaml"
        table.add_row("config", "", settings)
        return table


def lineage_of_version(workspace: Workspace, version: int) -> Lineage:
    """The lineage of a version that was pushed.

    Raises UserError if no run pushed it, or the database cannot be read.
    """
    history = open_history(workspace)
    pushed: dict[int, str] = {}
    for run_id in history.runs():
        pusher = history.nodes(run_id).get("Pusher")
        if pusher and pusher.complete and (number := pusher.served_version):
            pushed.setdefault(number, run_id)
    if version not in pushed:
        there = ", ".join(map(str, pushed)) or "none yet"
        raise UserError(f"no run pushed version {version}; versions pushed: {there}")
    return lineage_of_run(history, pushed[version])


def lineage_of_run(history: History, run_id: str) -> Lineage:
    """The lineage of a finished run, also through components taken from the cache."""
    notes, nodes = history.notes(removed=True), history.nodes(run_id)
    outputs = {id_: list(node.outputs.values()) for id_, node in nodes.items()}
    steps = [
        Step(
            component=id_,
            run_id=history.origin(of[0].id) if of else run_id,
            made=[str(output.uri) for output in of],
        )
        for id_, of in outputs.items()
    ]
    trained = next((step.run_id for step in steps if step.component == "Trainer"), run_id)
    pusher = nodes.get("Pusher")
    return Lineage(
        run_id=run_id,
        version=pusher.served_version if pusher and pusher.outputs else None,
        pushed=bool(pusher and pusher.outputs and pusher.pushed_version),
        steps=steps,
        code={step.run_id: notes.get(step.run_id, {}).get(CODE, "not noted") for step in steps},
        config=json.loads(notes.get(trained, {}).get(CONFIG, "{}")),
    )
