"""`digits runs`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.failures import sentences
from cli.options import JsonOption, WorkspaceOption


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
        console = make_console()
        if lineage is None:
            listed = records.list_runs(place)
            print(records.as_json(listed)) if json else console.print(records.as_table(listed))
        else:
            shown = lineages.lineage_of_version(place, lineage)
            print(shown.model_dump_json()) if json else console.print(shown.as_table())
