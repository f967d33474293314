"""`digits report`."""

import sys
from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from cli.failures import sentences
from cli.options import JsonOption, WorkspaceOption


def report(
    run_id: Annotated[
        str | None,
        typer.Argument(metavar="RUN", help="Id of a run; by default the last one with a report."),
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
) -> None:
    """Rebuild the report of a run.

    Prints the path of the page, and opens it in a browser.
    """
    with sentences():
        from pipeline.workspace.run_page import rebuild_page
        from pipeline.workspace.workspace import Workspace

        page = rebuild_page(Workspace(workspace), run_id)
        if json:
            print(dumps({"report": str(page)}))
        else:
            print(page)
            if sys.stdout.isatty():
                typer.launch(page.resolve().as_uri())
