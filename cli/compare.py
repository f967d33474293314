"""`digits compare`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.failures import quietly, sentences
from cli.options import JsonOption, WorkspaceOption
from cli.tables import show
from vocabulary.splits import EVAL


def compare(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MODEL",
            help="Versions, runs or folders; by default the champion and the latest candidate.",
        ),
    ] = None,
    split: Annotated[
        str, typer.Option("--split", metavar="NAME", help="Split of the latest run to compare on.")
    ] = EVAL,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="PICTURES",
            help="Compare on labelled pictures or TFRecords.",
        ),
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
) -> None:
    """Compare models on the same pictures.

    Also writes a page that shows where they differ.
    """
    with sentences():
        from pipeline.workspace.workspace import Workspace

        place = Workspace(workspace)
        with quietly() as narrator:
            from components.report.page import save_page
            from pipeline.compare.compare import compare as compare_models
            from pipeline.compare.page import as_page
            from pipeline.compare.table import as_tables

            comparison, answers = compare_models(
                place, models or [], split=split, data=data, on_start=narrator.phase
            )
            narrator.phase("drawing the page")
            save_page(as_page(comparison, answers), place.comparison)
        show(comparison, as_tables(comparison), json=json)
        if not json:
            print(comparison.report)
