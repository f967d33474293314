"""`digits predict`."""

import contextlib
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.failures import sentences
from cli.options import JsonOption, WorkspaceOption
from cli.quiet import quiet_imports
from cli.tables import print_table
from vocabulary.errors import UserError
from vocabulary.exit_status import ExitStatus
from vocabulary.new_folder import require_new
from vocabulary.signatures import MODEL_NAME

if TYPE_CHECKING:
    from serving.ink import Invert
    from serving.predict import Row
    from serving.reading import Reader
    from vocabulary.labels.write import Form


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
    workspace: WorkspaceOption = Path("workspace"),
    task: Annotated[
        str | None,
        typer.Option("--task", metavar="NAME", help="With --url: what its model was made for."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help="Write pictures with what was read drawn."),
    ] = None,
    format_: Annotated[
        Literal["yolo", "voc", "coco"] | None,
        typer.Option("--format", help="With --output: write what was read as labels."),
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
        Literal["auto", "yes", "no"],
        typer.Option("--invert", help="Are they dark ink on light paper? auto: by their border."),
    ] = "auto",
    read: Annotated[
        Path | None,
        typer.Option("--read", metavar="DIR", help="A second model, that reads what is found."),
    ] = None,
    find: Annotated[
        bool,
        typer.Option("--find", help="Find and read all that is written on each, as one number."),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Find and read what is in each picture.

    The exit status is 4 if some files could not be read and were skipped, 1 if none could be read
    or something else is wrong, and 2 for a wrong option.
    """
    warnings.filterwarnings("ignore", module="PIL")  # a faulty picture is named below
    folder = model or workspace / "serving" / MODEL_NAME
    with sentences():
        if url and model:
            raise UserError("--url and --model are two ways to the same; give one")
        if task and not url:
            raise UserError("--task is for --url; a model here says itself what it was made for")
        if set_ and not beam:
            raise UserError("--set is for --beam; give both or neither")
        if beam and (url or output is None):
            raise UserError(
                "--beam reads with a model and writes to a folder; give --output, no --url"
            )
        if read and (url or beam or find):
            raise UserError(
                "--read is for a second model here, without --url, --beam and --find; `digits "
                "export` makes one model of two"
            )
        if find and beam:
            raise UserError("--find is not for --beam; leave one out")
        if format_ and (beam or output is None):
            raise UserError("--format writes labels to a folder; give --output, no --beam")
        from serving.picture_files import find_pictures

        paths = find_pictures(pictures)
        if beam:
            assert output is not None
            status = _predict_in_bulk(paths, folder, output, set_ or [], invert, json=json)
        else:
            reading = _in_stages(folder, read) if read else _reader(url, folder, task)
            status = _predict(paths, reading, output, format_, invert, find=find, json=json)
    if status:
        raise typer.Exit(status)


@contextlib.contextmanager
def _in_stages(finder: Path, reader: Path) -> Iterator["Reader"]:
    """The newest versions in two folders, as one model."""
    with quiet_imports():
        from serving.local_model import open_model
        from serving.stages.compose import compose
        from vocabulary.versions import version_folder
    with tempfile.TemporaryDirectory() as folder:
        compose(version_folder(finder), version_folder(reader), Path(folder))
        with open_model(Path(folder)) as model:
            yield model


def _reader(url: str | None, folder: Path, task: str | None) -> AbstractContextManager["Reader"]:
    """A client of a server, whose model is for a task; or else the newest version in a folder."""
    if not url or url.startswith("grpc:"):
        with quiet_imports():  # loads TensorFlow, which REST does without
            pass
    if url:
        from serving.client import connect

        return connect(url, task=task)
    from serving.local_model import open_model

    return open_model(folder)


def _predict(
    paths: Sequence[Path],
    reading: AbstractContextManager["Reader"],
    output: Path | None,
    form: "Form | None",
    invert: "Invert",
    *,
    find: bool,
    json: bool,
) -> ExitStatus:
    from serving.drawing import drawn_files
    from serving.predict import find_in_files, predict_files

    with reading as reader:
        drawn = None
        write_labels = _label_writer(reader, output, form) if output and form else None
        if output and not form:
            output.mkdir(parents=True, exist_ok=True)
            drawn = drawn_files(paths, output)
        read = find_in_files if find else predict_files
        result = read(_with_bar(paths), reader, invert=invert, drawn=drawn)
        if write_labels and result.rows:
            write_labels(result.rows)
        headings = (reader.sequences() if find else reader.predictions).COLUMNS
    facts = {"predictions": [row.as_json() for row in result.rows]} if json else None
    status = _end(len(result.rows), result.unreadable, facts)
    if result.rows and not json:
        print_table(result.rows, headings)
    return status


def _label_writer(
    reader: "Reader", output: Path, form: "Form"
) -> Callable[[Sequence["Row"]], None]:
    """Writes rows as labels; what keeps it from doing so is said before anything is read."""
    with quiet_imports():  # reading and writing labels loads TensorFlow
        from serving.predicted_labels import label_fields, write_as_labels
    require_new(output)
    fields = label_fields(reader)
    return lambda rows: write_as_labels(rows, fields, output, form, classes=reader.classes())


def _predict_in_bulk(
    paths: Sequence[Path],
    folder: Path,
    output: Path,
    set_: Sequence[str],
    invert: "Invert",
    *,
    json: bool,
) -> ExitStatus:
    with quiet_imports():
        from pipeline.beam.arguments import beam_pipeline_args
        from pipeline.beam.worker_processes import prepare_worker_processes
        from pipeline.config.file import read_config
        from serving.bulk import predict_in_bulk
        from vocabulary.versions import version_folder

        prepare_worker_processes()
        unreadable = predict_in_bulk(
            [path.resolve() for path in paths],
            model=version_folder(folder).resolve(),
            output=output,
            beam_args=beam_pipeline_args(read_config(None, set_).beam),
            invert=invert,
        )
    count = len(paths) - len(unreadable)
    status = _end(count, unreadable, {"read": count, "output": str(output)} if json else None)
    if not json:
        print(f"{count} pictures read; what they hold is in {output}")
    return status


def _end(read: int, unreadable: Mapping[str, str], facts: Mapping[str, Any] | None) -> ExitStatus:
    """Names the files that were skipped, and prints the facts, if any, as a JSON object."""
    for path, reason in unreadable.items():
        print(f"digits: {path}: {reason}; skipped", file=sys.stderr)
    if facts is not None:
        skipped = [{"picture": path, "reason": reason} for path, reason in unreadable.items()]
        print(dumps({**facts, "unreadable": skipped}))
    if not unreadable:
        return ExitStatus.DONE
    return ExitStatus.SKIPPED if read else ExitStatus.FAILED


def _with_bar(paths: Sequence[Path]) -> Iterable[Path]:
    from rich.console import Console
    from rich.progress import track

    few = len(paths) <= 32
    return track(paths, "reading", console=Console(stderr=True), transient=True, disable=few)
