"""`digits export`."""

from functools import partial
from json import dumps
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.failures import quietly, sentences
from cli.options import JsonOption, WorkspaceOption
from cli.quiet import quiet_imports
from cli.tables import show
from vocabulary.errors import UserError
from vocabulary.splits import EVAL

Quantize = Literal["float16", "int8"]


def export(
    context: typer.Context,
    model: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="A version's folder; by default what serves."),
    ] = None,
    format_: Annotated[
        Literal["litert"] | None,
        typer.Option("--format", help="For phones and small computers. The default."),
    ] = None,
    quantize: Annotated[
        Quantize | None, typer.Option("--quantize", help="Store weights in fewer bits.")
    ] = None,
    static: Annotated[
        Path | None,
        typer.Option(
            "--static", metavar="DIR",
            help="Write a new folder of the page with the LiteRT file: a site without a server.",
        ),
    ] = None,
    runtime: Annotated[
        Path | None,
        typer.Option(
            "--runtime", metavar="DIR", help="Where npm packed what --static runs the model with."
        ),
    ] = None,
    find: Annotated[
        Path | None,
        typer.Option("--find", metavar="DIR", help="Of two models in one, the one that finds."),
    ] = None,
    read: Annotated[
        Path | None, typer.Option("--read", metavar="DIR", help="The one that reads what is found.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="PATH",
            help="The file to write, by default digits.tflite; of two models the folder of "
            "versions to add one to, by default numbers.",
        ),
    ] = None,
    split: Annotated[
        str, typer.Option("--split", metavar="NAME", help="Split of the latest run to check it on.")
    ] = EVAL,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Write a model as a LiteRT (TFLite) file, or two models as one.

    A LiteRT file takes canvases as the signature serving_tensor does. It is held against the model
    that it is made of on the pictures of a split: size, time for one picture on one core, metrics.
    With --static, it stands in a folder of the page, where the browser runs it.

    With --find and --read, a SavedModel that finds, crops and reads. Each of the two is a version's
    folder, or a folder of versions, of which the newest is taken. `digits serve` and TensorFlow
    Serving serve what is written, and `digits predict` reads with it.
    """
    with sentences():
        if find and read:
            _refuse_beside(context, {"find", "read", "output", "json"})
            _export_stages(find, read, output or Path("numbers"), json=json)
        elif find or read:
            raise UserError("--find and --read go together: one model finds, the other one reads")
        elif (static is None) is not (runtime is None):
            raise UserError("--static and --runtime go together: a page, and what runs its model")
        elif static and output:
            raise UserError("--static names the folder to write; leave out --output")
        else:
            file = static or output or Path("digits.tflite")
            _export_litert(
                workspace, model, file,
                runtime=runtime, quantize=quantize, split=split, json=json,
            )  # fmt: skip


def _refuse_beside(context: typer.Context, own: set[str]) -> None:
    """Refuses options of the other of the command's two ways."""
    others = (p for p in context.command.params if p.name and p.name not in own)
    named = [
        p.opts[0] if p.opts[0].startswith("-") else str(p.metavar)
        for p in others
        if (source := context.get_parameter_source(p.name)) and source.name == "COMMANDLINE"
    ]
    if named:
        raise UserError(
            "--find and --read name the two models, and what is written is a SavedModel; leave out "
            f"{' and '.join(named)}"
        )


def _export_stages(find: Path, read: Path, output: Path, *, json: bool) -> None:
    with quiet_imports():
        from serving.stages.export import export as export_stages

        version = export_stages(find, read, output)
    print(dumps({"version": int(version.name), "folder": str(version)}) if json else version)


def _export_litert(
    workspace: Path, model: Path | None, file: Path, *, runtime: Path | None,
    quantize: Quantize | None, split: str, json: bool,
) -> None:  # fmt: skip
    from pipeline.workspace.workspace import Workspace

    with quietly() as narrator:
        from pipeline.litert.export import export as export_litert
        from serving.static_page import export_page

        write = partial(export_page, runtime=runtime) if runtime else export_litert
        checked = write(
            Workspace(workspace), model, file,
            quantize=quantize, split=split, on_start=narrator.phase,
        )  # fmt: skip
    show(checked, checked.as_table(), json=json)
    if not json:
        print(checked.file)
