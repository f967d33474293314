"""`digits doctor`: whether a folder of labelled pictures is fit to train on."""

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
    json: JsonOption = False,
) -> None:
    """Say what is wrong with a folder of labelled pictures.

    Opens every picture, trains nothing and changes nothing. The exit status is 4 if there are
    errors, each of which leaves its picture out of a run.
    """
    with sentences():
        with quietly() as narrator:
            from components.digit_example_gen.doctor.examine import examine
            from components.digit_example_gen.doctor.table import as_screen

            narrator.phase("reading the pictures")
            examination = examine(folder)
        show(examination, as_screen(examination), json=json)
        if examination.count("error"):
            raise typer.Exit(ExitStatus.SKIPPED)
