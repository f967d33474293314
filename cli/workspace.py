"""`digits explain`, `compare`, `report` and `clean`: what a workspace holds."""

import sys
from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from cli.failures import quietly, sentences
from cli.options import JsonOption, WorkspaceOption
from cli.tables import show
from vocabulary.errors import UserError
from vocabulary.splits import EVAL


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
        from pipeline.workspace.explain import as_table
        from pipeline.workspace.explain import explain as explain_run
        from pipeline.workspace.workspace import Workspace

        verdict = explain_run(Workspace(workspace), run_id)
        show(verdict, as_table(verdict), json=json)


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
    all_runs: Annotated[
        bool, typer.Option("--runs", help="Compare the models of all runs, oldest first.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="DIR", help="Keep TFMA's result and the pages in a new folder."
        ),
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
) -> None:
    """Compare models on the same pictures.

    Also writes a page that shows where they differ, and one with TFMA's own views.
    """
    with sentences():
        if all_runs and models:
            raise UserError("--runs compares all models; leave out --runs, or the names")
        from pipeline.workspace.workspace import Workspace

        place = Workspace(workspace)
        with quietly() as narrator:
            from components.report.page import save_page
            from pipeline.compare.compare import compare as compare_models
            from pipeline.compare.models import names_of_runs
            from pipeline.compare.page import as_page
            from pipeline.compare.table import as_tables

            names = names_of_runs(place) if all_runs else models or []
            compared = compare_models(
                place, names, split=split, data=data, output=output, on_start=narrator.phase
            )
            comparison = compared.comparison
            narrator.phase("drawing the pages")
            save_page(compared.tfma, Path(comparison.tfma))
            save_page(as_page(compared), Path(comparison.report))
        show(comparison, as_tables(comparison), json=json)
        if not json:
            print(comparison.report)


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
