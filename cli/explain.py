"""`digits explain`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.failures import quietly, sentences
from cli.options import JsonOption, WorkspaceOption
from cli.tables import show


def explain(
    run_id: Annotated[
        str | None,
        typer.Argument(metavar="RUN", help="Id of a run; by default the last one that was judged."),
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
) -> None:
    """Explain why a model was blessed or not.

    Shows every metric with its bar, and the champion's beside it.
    """
    with sentences():
        from pipeline.workspace.workspace import Workspace

        place = Workspace(workspace)
        with quietly():
            from pipeline.workspace.explain import as_table
            from pipeline.workspace.explain import explain as explain_run

            verdict = explain_run(place, run_id)
        show(verdict, as_table(verdict), json=json)
