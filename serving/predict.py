"""`digits predict`: reads pictures with a pushed model, or with a server."""

import contextlib
import enum
import logging
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Protocol

import typer

from vocabulary.errors import UserError
from vocabulary.exit_status import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from serving.ink import Invert
    from serving.picture_files import Picture
    from serving.prediction import Prediction
    from serving.prepare import Prepared

BATCH: Final = 32


class _Reader(Protocol):
    def read(self, pictures: "Sequence[Prepared]") -> "list[Prediction]": ...


class Inversion(enum.StrEnum):
    """Whether pictures are dark ink on light paper."""

    auto = "auto"
    yes = "yes"
    no = "no"


def predict(
    pictures: Annotated[
        list[str],
        typer.Argument(metavar="PICTURE...", help="PNG, JPEG, WebP and such; folders, globs."),
    ],
    url: Annotated[
        str | None, typer.Option("--url", help="Ask a server: http://HOST:PORT or grpc://...")
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option("--model", metavar="DIR", help="A version, or a folder of versions."),
    ] = None,
    workspace: Annotated[
        Path, typer.Option("--workspace", metavar="DIR", help="Whose newest version reads.")
    ] = Path("workspace"),
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help="Write pictures with boxes drawn."),
    ] = None,
    beam: Annotated[
        bool,
        typer.Option("--beam", help="In bulk on Beam: tf.Examples, CSV and Parquet in --output."),
    ] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="With --beam: a key such as beam.runner."),
    ] = None,
    invert: Annotated[
        Inversion,
        typer.Option("--invert", help="Are they dark ink on light paper? auto: by their border."),
    ] = Inversion.auto,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Find and read the digit in each picture.

    The exit status is 4 if some files could not be read and were skipped, 1 if none could be read
    or something else is wrong, and 2 for a wrong option.
    """
    warnings.filterwarnings("ignore", module="PIL")  # what is wrong with a picture is said below
    try:
        if url and model:
            raise UserError("--url and --model are two ways to the same; give one")
        if set_ and not beam:
            raise UserError("--set is for --beam; give both or neither")
        folder = model or workspace / "serving" / "digits"
        if beam:
            status = _in_bulk(
                pictures,
                url=url,
                folder=folder,
                output=output,
                set_=set_ or [],
                invert=invert.value,
                json=json,
            )
        else:
            status = _predict(
                pictures, url=url, folder=folder, output=output, invert=invert.value, json=json
            )
    except UserError as error:
        print(f"digits: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    except OSError as error:
        print(f"digits: {error.filename or output}: {error.strerror}", file=sys.stderr)
        raise typer.Exit(1) from error
    if status:
        raise typer.Exit(status)


def _status(*, read: int, skipped: int) -> ExitStatus:
    if not skipped:
        return ExitStatus.DONE
    return ExitStatus.SKIPPED if read else ExitStatus.FAILED


def _predict(
    names: list[str],
    *,
    url: str | None,
    folder: Path,
    output: Path | None,
    invert: "Invert",
    json: bool,
) -> ExitStatus:
    """Prints what was read; says whether files were skipped."""
    from serving.picture_files import draw_box, find_pictures, read_picture
    from vocabulary.pictures import UnreadableError

    paths = find_pictures(names)
    targets = _targets(paths, output)
    rows: list[dict[str, Any]] = []
    unreadable: dict[str, str] = {}

    def readable() -> "Iterator[Picture]":
        for path in _with_bar(paths):
            try:
                yield read_picture(path, invert=invert)
            except UnreadableError as error:
                unreadable[str(path)] = str(error)

    with _reader(url, folder) as reader:
        for batch in _batches(readable()):
            for picture, answer in _ask(reader, batch, unreadable):
                rows.append(_row(picture, answer))
                if output:
                    targets[picture.path].write_bytes(draw_box(picture, answer))
    _show(rows, unreadable, json=json)
    return _status(read=len(rows), skipped=len(unreadable))


def _in_bulk(
    names: list[str],
    *,
    url: str | None,
    folder: Path,
    output: Path | None,
    set_: list[str],
    invert: "Invert",
    json: bool,
) -> ExitStatus:
    """Writes what was read; says whether files were skipped."""
    from serving.picture_files import find_pictures

    if url or output is None:
        raise UserError("--beam reads with a model and writes to a folder; give --output, no --url")
    paths = find_pictures(names)
    with _quietly():
        from pipeline.beam.arguments import beam_pipeline_args
        from pipeline.beam.worker_processes import prepare_worker_processes
        from pipeline.config.file import read_config
        from serving.bulk import predict_in_bulk
        from serving.local_model import version_folder

        prepare_worker_processes()
        unreadable = predict_in_bulk(
            [path.resolve() for path in paths],
            model=version_folder(folder).resolve(),
            output=output,
            beam_args=beam_pipeline_args(read_config(None, set_).beam),
            invert=invert,
        )
    _name_skipped(unreadable)
    count = len(paths) - len(unreadable)
    if json:
        from json import dumps

        print(dumps({"read": count, "output": str(output), "unreadable": _skipped(unreadable)}))
    else:
        print(f"{count} pictures read; what they hold is in {output}")
    return _status(read=count, skipped=len(unreadable))


def _ask(
    reader: _Reader, batch: "list[Picture]", unreadable: dict[str, str]
) -> "Iterator[tuple[Picture, Prediction]]":
    """Asks for all at once; where that is refused, for each, to learn which it was."""
    from serving.reading import RefusedError

    try:
        answers = reader.read([picture.prepared for picture in batch])
    except RefusedError as error:
        if len(batch) > 1:
            for picture in batch:
                yield from _ask(reader, [picture], unreadable)
        else:
            unreadable[str(batch[0].path)] = str(error)
    else:
        yield from zip(batch, answers, strict=True)


@contextlib.contextmanager
def _reader(url: str | None, folder: Path) -> Iterator[_Reader]:
    if url:
        from serving.client import connect

        if url.startswith("grpc:"):
            with _quietly():  # loads TensorFlow, which REST does without
                pass
        with connect(url) as client:
            yield client
    else:
        with _quietly():
            from serving.local_model import open_model
        with open_model(folder) as model:
            yield model


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from serving.command import lean_imports

    with lean_imports():
        import tensorflow as tf

        tf.get_logger().setLevel("ERROR")
    root = logging.getLogger()
    kept = root.level
    root.setLevel(logging.ERROR)  # Beam warns there of what it cannot measure
    try:
        yield
    finally:
        root.setLevel(kept)


def _targets(paths: list[Path], output: Path | None) -> dict[Path, Path]:
    """Where each picture is drawn to: `stem.png`, or `stem-2.png` where that name is taken."""
    if output is None:
        return {}
    output.mkdir(parents=True, exist_ok=True)
    targets: dict[Path, Path] = {}
    taken: set[str] = set()
    sources = {path.resolve() for path in paths}
    for path in paths:
        name, number = f"{path.stem}.png", 1
        while name in taken or (output / name).resolve() in sources:
            number += 1
            name = f"{path.stem}-{number}.png"
        taken.add(name)
        targets[path] = output / name
    return targets


def _batches(pictures: "Iterable[Picture]") -> "Iterator[list[Picture]]":
    rest = iter(pictures)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _with_bar(paths: list[Path]) -> Iterator[Path]:
    from rich.console import Console
    from rich.progress import track

    many = len(paths) > BATCH
    bar = Console(stderr=True)
    yield from track(paths, "reading", console=bar, transient=True, disable=not many)


def _row(picture: "Picture", answer: "Prediction") -> dict[str, Any]:
    from serving.picture_files import pixels

    box = pixels(answer, width=picture.width, height=picture.height)
    return {
        "picture": str(picture.path),
        "digit": answer.digit,
        "probability": answer.probability,
        "probabilities": list(answer.probabilities),
        "box": answer.box and list(answer.box),
        "pixels": box and list(box),
        "unsure": list(answer.doubts),
    }


def _name_skipped(unreadable: dict[str, str]) -> None:
    for path, reason in unreadable.items():
        print(f"digits: {path}: {reason}; skipped", file=sys.stderr)


def _skipped(unreadable: dict[str, str]) -> list[dict[str, str]]:
    return [{"picture": path, "reason": reason} for path, reason in unreadable.items()]


def _show(rows: list[dict[str, Any]], unreadable: dict[str, str], *, json: bool) -> None:
    _name_skipped(unreadable)
    if json:
        from json import dumps

        print(dumps({"predictions": rows, "unreadable": _skipped(unreadable)}))
    elif rows:
        from rich.box import SIMPLE
        from rich.markup import escape
        from rich.table import Table

        from pipeline.run.terminal import make_console

        table = Table(box=SIMPLE)
        table.add_column("picture", overflow="fold")
        for heading in ("digit", "probability", "left", "top", "right", "bottom"):
            table.add_column(heading, justify="right")
        table.add_column("unsure", overflow="fold")
        for row in rows:
            read = [str(row["digit"]), f"{row['probability']:.3f}"] if row["box"] else ["none", ""]
            pixels = map(str, row["pixels"] or [""] * 4)
            mark = "? " + ", ".join(row["unsure"]) if row["unsure"] else ""
            table.add_row(escape(row["picture"]), *read, *pixels, mark)
        make_console().print(table)
