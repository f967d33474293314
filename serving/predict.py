"""The work of `digits predict`: reads picture files with a pushed model, or with a server."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from serving.drawing import draw
from serving.ink import Invert
from serving.picture_files import Picture, read_picture
from serving.reading import Reader
from serving.rows import Row, read_rows
from vocabulary.pictures import UnreadableError

BATCH: Final = 32
"""Pictures that are sent at once."""


@dataclass(frozen=True)
class FilesRead:
    """What was read in files, and which could not be read."""

    rows: list[Row] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    """By path, the reason."""


def open_reader(*, url: str | None, folder: Path, task: str) -> AbstractContextManager[Reader]:
    """A client of a server, whose model is for a task; or else the newest version in a folder.

    Raises:
        UserError: if there is none.
    """
    if url:
        from serving.client import connect

        return connect(url, task=task)
    from serving.local_model import open_model

    return open_model(folder)


def predict_files(
    paths: Iterable[Path],
    reader: Reader,
    *,
    invert: Invert,
    drawn: Mapping[Path, Path] | None = None,
) -> FilesRead:
    """Reads picture files.

    `drawn` says where each is drawn with what was read in it; None for nowhere.

    Raises:
        UserError: if the reader cannot read at all.
    """
    result = FilesRead()
    pictures = _pictures(paths, invert, result.unreadable)
    while batch := list(islice(pictures, BATCH)):
        encoded = {picture.path: picture.encoded for picture in batch}
        for row in read_rows(reader, batch):
            if not isinstance(row, Row):
                result.unreadable.update([row])
                continue
            result.rows.append(row)
            if drawn is not None:
                png = draw(encoded[row.path], row.prediction, predictions=reader.predictions)
                drawn[row.path].write_bytes(png)
    return result


def _pictures(
    paths: Iterable[Path], invert: Invert, unreadable: dict[str, str]
) -> Iterator[Picture]:
    for path in paths:
        try:
            yield read_picture(path, invert=invert)
        except UnreadableError as error:
            unreadable[str(path)] = str(error)
