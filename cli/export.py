"""`digits export`."""

from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from cli.failures import sentences
from cli.options import JsonOption
from cli.quiet import quiet_imports


def export(
    find: Annotated[
        Path, typer.Option("--find", metavar="DIR", help="The model that finds: a version.")
    ],
    read: Annotated[
        Path, typer.Option("--read", metavar="DIR", help="The one that reads what is found.")
    ],
    output: Annotated[
        Path, typer.Option("--output", metavar="DIR", help="Folder of versions to add one to.")
    ],
    json: JsonOption = False,
) -> None:
    """Write two models as one that finds, crops and reads.

    Each is a version's folder, or a folder of versions, of which the newest is taken. `digits
    serve` and TensorFlow Serving serve what is written, and `digits predict` reads with it.
    """
    with sentences():
        with quiet_imports():
            from serving.stages.export import export as export_stages

            version = export_stages(find, read, output)
        print(dumps({"version": int(version.name), "folder": str(version)}) if json else version)
