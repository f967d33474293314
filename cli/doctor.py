"""`digits doctor`: whether a folder of labelled pictures is fit to train on."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.failures import quietly, sentences
from cli.options import JsonOption
from cli.tables import show
from vocabulary.errors import UserError
from vocabulary.exit_status import ExitStatus

if TYPE_CHECKING:
    from components.digit_example_gen.doctor.answers import Asked
    from components.digit_example_gen.doctor.dataset import Dataset


def doctor(
    folder: Annotated[
        str,
        typer.Argument(
            metavar="FOLDER", help="Pictures with labels, or TFRecords; also gs:// and such."
        ),
    ],
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Also write a page with the pictures and labels."
        ),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="DIR", help="Also write a copy without what is bad."),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", metavar="DIR", help="Also ask a version, or the newest in a folder."
        ),
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", metavar="DIR", help="Also ask the version that serves there."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Say what is wrong with labelled pictures, or with TFRecords.

    Opens every picture, trains nothing and changes nothing. A model that is asked shows where it is
    surest of something else than the label, and whether it was trained on the like. The exit status
    is 4 if there are errors, each of which leaves its picture out of a run.
    """
    with sentences():
        if model and workspace:
            raise UserError("--model and --workspace are two ways to the same; give one")
        with quietly() as narrator:
            from components.digit_example_gen.doctor.examine import examine
            from components.digit_example_gen.doctor.open_dataset import open_dataset
            from components.digit_example_gen.doctor.page import as_sections
            from components.digit_example_gen.doctor.table import as_screen
            from components.report.page import render_page, save_page

            narrator.phase("reading the labels")
            dataset = open_dataset(folder)
            asked, version = None, ""
            if model or workspace:
                narrator.phase("asking the model")
                asked, version = _ask(dataset, model or _serving(workspace))
            narrator.phase("reading the pictures")
            examination = examine(
                dataset, beam_args=_beam_args(dataset), model=version, asked=asked
            )
            if html:
                sections = as_sections(examination, dataset, asked.disagreements if asked else [])
                save_page(render_page(f"digits doctor: {folder}", sections), html)
        show(examination, as_screen(examination), json=json)
        if write:
            from components.digit_example_gen.doctor.repair import write_repaired

            with quietly() as narrator:
                narrator.phase("writing the copy")
                write_repaired(dataset, write)
        if examination.count("error"):
            raise typer.Exit(ExitStatus.SKIPPED)


def _serving(workspace: Path | None) -> Path:
    from pipeline.workspace.workspace import Workspace

    return Workspace(workspace or Path("workspace")).serving


def _ask(dataset: "Dataset", folder: Path) -> tuple["Asked", str]:
    """What a model says, and the folder of its version."""
    from components.digit_example_gen.doctor.answers import ask_about
    from serving.local_model import open_model
    from serving.second_opinion import ask_with
    from vocabulary.versions import version_folder

    version = version_folder(folder)
    with open_model(version) as reader:
        return ask_about(dataset, ask_with(reader)), str(version)


def _beam_args(dataset: "Dataset") -> list[str] | None:
    """Of as many processes as there are cores, where there are pictures enough for them."""
    from components.digit_example_gen.doctor.looks import MANY
    from pipeline.beam.arguments import beam_pipeline_args
    from pipeline.beam.worker_processes import prepare_worker_processes
    from pipeline.config.file import read_config

    if len(dataset.labels.records) < MANY:
        return None
    prepare_worker_processes()
    workers = len(os.sched_getaffinity(0))
    settings = ["beam.runner=local_processes", f"beam.workers={workers}"]
    return beam_pipeline_args(read_config(None, settings).beam)
