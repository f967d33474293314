"""`digits runs`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.failures import sentences
from cli.options import JsonOption, WorkspaceOption
from cli.tables import show


def runs(
    workspace: WorkspaceOption = Path("workspace"),
    lineage: Annotated[
        int | None,
        typer.Option("--lineage", metavar="VERSION", help="Show what led to this version."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the runs.

    Shows what changed from run to run, the metrics, what was pushed and what serves now.
    """
    with sentences():
        from pipeline.run.terminal import make_console
        from pipeline.workspace import lineage as lineages
        from pipeline.workspace import runs as records
        from pipeline.workspace.workspace import Workspace

        place = Workspace(workspace)
        if lineage is None:
            listed = records.list_runs(place)
            if json:
                print(records.as_json(listed))
            else:
                make_console().print(records.as_table(listed))
        else:
            shown = lineages.lineage_of_version(place, lineage)
            show(shown, shown.as_table(), json=json)
