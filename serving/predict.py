"""The work of `digits predict`: reads picture files with a pushed model, or with a server."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from serving.drawing import draw
from serving.ink import Invert
from serving.picture_files import Picture, read_picture
from serving.reading import Reader, RefusedError
from serving.rows import Row
from vocabulary.pictures import UnreadableError
from vocabulary.task.predictions import Prediction

BATCH: Final = 32
"""Pictures that are sent at once."""


@dataclass(frozen=True)
class FilesRead:
    """What was read in files, and which could not be read."""

    rows: list[Row] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    """By path, the reason."""


@contextlib.contextmanager
def open_reader(*, url: str | None, folder: Path, task: str) -> Iterator[Reader]:
    """A client of a server, whose model is for a task; or else the newest version in a folder.

    Raises:
        UserError: if there is none.
    """
    if url:
        from serving.client import connect

        with connect(url, task=task) as client:
            yield client
    else:
        from serving.local_model import open_model

        with open_model(folder) as model:
            yield model


def predict_files(
    paths: Iterable[Path],
    reader: Reader,
    *,
    invert: Invert,
    drawn: Mapping[Path, Path] | None = None,
) -> FilesRead:
    """Reads picture files.

    Args:
        paths: of them.
        reader: reads them.
        invert: whether they are dark ink on light paper; auto: if the border is light.
        drawn: where each is drawn with what was read in it; None for nowhere.

    Raises:
        UserError: if the reader cannot read at all.
    """
    result = FilesRead()
    for batch in _batches(_pictures(paths, invert, result.unreadable)):
        for picture, prediction in _read(reader, batch, result.unreadable):
            result.rows.append(Row(picture.path, picture.width, picture.height, prediction))
            if drawn is not None:
                png = draw(picture.encoded, prediction, predictions=reader.predictions)
                drawn[picture.path].write_bytes(png)
    return result


def _pictures(
    paths: Iterable[Path], invert: Invert, unreadable: dict[str, str]
) -> Iterator[Picture]:
    for path in paths:
        try:
            yield read_picture(path, invert=invert)
        except UnreadableError as error:
            unreadable[str(path)] = str(error)


def _batches(pictures: Iterator[Picture]) -> Iterator[list[Picture]]:
    while batch := list(islice(pictures, BATCH)):
        yield batch


def _read(
    reader: Reader, batch: list[Picture], unreadable: dict[str, str]
) -> Iterator[tuple[Picture, Prediction]]:
    """Sends all at once; where that is refused, one by one, to learn which it was."""
    try:
        predictions = reader.read([picture.prepared for picture in batch])
    except RefusedError as error:
        if len(batch) > 1:
            for picture in batch:
                yield from _read(reader, [picture], unreadable)
        else:
            unreadable[str(batch[0].path)] = str(error)
    else:
        yield from zip(batch, predictions, strict=True)
