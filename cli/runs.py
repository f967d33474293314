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
        typer.Option("--lineage", metavar="VERSION", help="What led to a version that was pushed."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the runs.

    It shows what changed, how good they were, what was pushed and what serves now.
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
            found = lineages.lineage_of_version(place, lineage)
            print(found.model_dump_json()) if json else console.print(found.as_table())
