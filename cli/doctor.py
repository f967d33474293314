"""`digits doctor`: whether a folder of labelled pictures is fit to train on."""

from pathlib import Path
from typing import Annotated

import typer

from cli.failures import quietly, sentences
from cli.options import JsonOption
from cli.tables import show
from vocabulary.exit_status import ExitStatus


def doctor(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="Pictures with labels; also gs:// and such.")
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
    json: JsonOption = False,
) -> None:
    """Say what is wrong with a folder of labelled pictures.

    Opens every picture, trains nothing and changes nothing. The exit status is 4 if there are
    errors, each of which leaves its picture out of a run.
    """
    with sentences():
        with quietly() as narrator:
            from components.digit_example_gen.doctor.examine import examine
            from components.digit_example_gen.doctor.page import as_sections
            from components.digit_example_gen.doctor.table import as_screen
            from components.digit_example_gen.sources.labels.recognise import read_labels
            from components.report.page import render_page, save_page

            narrator.phase("reading the labels")
            files, labels = read_labels(folder)
            narrator.phase("reading the pictures")
            examination = examine(files, labels)
            if html:
                sections = as_sections(examination, files, labels)
                save_page(render_page(f"digits doctor: {folder}", sections), html)
            if write:
                from components.digit_example_gen.doctor.repair import write_repaired

                narrator.phase("writing the copy")
                write_repaired(files, labels, write)
        show(examination, as_screen(examination), json=json)
        if examination.count("error"):
            raise typer.Exit(ExitStatus.SKIPPED)
