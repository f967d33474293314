"""`digits clean`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.failures import quietly, sentences
from cli.options import JsonOption, WorkspaceOption


def clean(
    keep: Annotated[
        int, typer.Option("--keep", min=1, metavar="N", help="How many of the newest runs to keep.")
    ] = 5,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be removed.")
    ] = False,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
) -> None:
    """Remove old runs and what only they need.

    The versions that serve are kept.
    """
    with sentences():
        from pipeline.workspace.workspace import Workspace

        place = Workspace(workspace)
        with place.claimed(make=False), quietly():
            from pipeline.workspace.clean import clean as clean_workspace

            cleaned = clean_workspace(place, keep=keep, dry_run=dry_run)
        print(cleaned.model_dump_json() if json else cleaned.as_sentence())
