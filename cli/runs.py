"""`digits runs`: the history of a workspace."""

from pathlib import Path
from typing import Annotated

import typer

from cli.failures import sentences
from cli.options import JsonOption, WorkspaceOption
from cli.tables import show


def runs(
    lineage: Annotated[
        int | None,
        typer.Option("--lineage", metavar="VERSION", help="Show what led to this version."),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option("--sort", metavar="KEY", help="By a metric (best first), began or seconds."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, metavar="N", help="The newest N; of a sorted list, first."),
    ] = None,
    tag: Annotated[
        str | None, typer.Option("--tag", metavar="WORD", help="Only runs with this tag.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV on stdout.")] = False,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
) -> None:
    """List the runs.

    Shows what changed from run to run, the metrics, what was pushed and what serves now.
    """
    with sentences():
        from pipeline.run.terminal import make_console
        from pipeline.workspace import lineage as lineages
        from pipeline.workspace import runs as records
        from pipeline.workspace.run_list import as_csv, choose
        from pipeline.workspace.workspace import Workspace

        place = Workspace(workspace)
        if lineage is not None:
            shown = lineages.lineage_of_version(place, lineage)
            show(shown, shown.as_table(), json=json)
            return
        listed = choose(records.list_runs(place), tag=tag, sort=sort, limit=limit)
        if json:
            print(records.as_json(listed))
        elif csv:
            print(as_csv(listed), end="")
        else:
            make_console().print(records.as_table(listed))
