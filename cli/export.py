"""`digits export`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.failures import quietly, sentences
from cli.options import JsonOption, WorkspaceOption
from cli.tables import show
from vocabulary.splits import EVAL


def export(
    model: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="A version's folder; by default what serves."),
    ] = None,
    format_: Annotated[
        Literal["litert"], typer.Option("--format", help="For phones and small computers.")
    ] = "litert",
    quantize: Annotated[
        Literal["float16", "int8"] | None,
        typer.Option("--quantize", help="Store weights in fewer bits."),
    ] = None,
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="What to write.")] = Path(
        "digits.tflite"
    ),
    split: Annotated[
        str, typer.Option("--split", metavar="NAME", help="Split of the latest run to check it on.")
    ] = EVAL,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
) -> None:
    """Write a model as a LiteRT (TFLite) file.

    The file takes canvases as the signature serving_tensor does. It is held against the model that
    it is made of on the pictures of a split: size, time for one picture on one core, metrics.
    """
    with sentences():
        from pipeline.workspace.workspace import Workspace

        with quietly() as narrator:
            from pipeline.litert.export import export as export_litert

            checked = export_litert(
                Workspace(workspace), model, output,
                quantize=quantize, split=split, on_start=narrator.phase,
            )  # fmt: skip
        show(checked, checked.as_table(), json=json)
        if not json:
            print(checked.file)
