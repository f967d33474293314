"""The work of `digits predict`: reads picture files with a pushed model, or with a server."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from serving.drawing import draw
from serving.ink import Invert
from serving.picture_files import Picture, read_picture, read_strip
from serving.reading import Reader, RefusedError
from vocabulary.pictures import UnreadableError
from vocabulary.task.predictions import Prediction, Predictions, sent_to

BATCH: Final = 32
"""Pictures that are sent at once."""
_Read = TypeVar("_Read")


@dataclass(frozen=True)
class Row:
    """What was read in one file."""

    path: Path
    width: int
    """Of the upright picture, pixels."""
    height: int
    """Of the upright picture, pixels."""
    prediction: Prediction
    members: tuple[Prediction, ...] | None = None
    """What it is joined from, in reading order; None if not all that is written was looked for."""

    @property
    def unsure(self) -> list[str]:
        """Why the prediction may be wrong."""
        return list(self.prediction.doubts)

    def fields(self) -> dict[str, Any]:
        """The prediction's values by name, as JSON has them."""
        return self.prediction.fields(width=self.width, height=self.height)

    def as_json(self) -> dict[str, Any]:
        """The file, the prediction's values, and why it may be wrong."""
        return {"picture": str(self.path), **self.fields(), "unsure": self.unsure}

    def values(self) -> list[int | float | str | None]:
        """The prediction's row of a table, without the file and what is unsure."""
        return list(self.prediction.columns(width=self.width, height=self.height).values())


def read_rows(reader: Reader, pictures: Sequence[Picture]) -> Iterator[Row | tuple[str, str]]:
    """For each picture its row, or its path and the reason why it is refused.

    All are read at once; where that is refused, one by one, to learn which it was.
    """
    try:
        predictions = reader.read([picture.prepared for picture in pictures])
    except RefusedError as error:
        if len(pictures) == 1:
            yield str(pictures[0].path), str(error)
        else:
            for picture in pictures:
                yield from read_rows(reader, [picture])
    else:
        for picture, prediction in zip(pictures, predictions, strict=True):
            yield Row(picture.path, picture.width, picture.height, prediction)


def columns(predictions: Predictions) -> Sequence[str]:
    """The headings of a table of predictions."""
    return ("picture", *predictions.COLUMNS, "unsure")


@dataclass(frozen=True)
class FilesRead:
    """What was read in files, and which could not be read."""

    rows: list[Row] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    """By path, the reason."""


def predict_files(
    paths: Iterable[Path],
    reader: Reader,
    *,
    invert: Invert,
    drawn: Mapping[Path, Path] | None = None,
) -> FilesRead:
    """Reads picture files.

    `drawn` says where each is drawn with what was read in it; None for nowhere.

    Raises UserError if the reader cannot read at all.
    """
    result = FilesRead()
    reading = partial(read_picture, invert=invert, sent=sent_to(reader.predictions))
    pictures = _readable(paths, reading, result.unreadable)
    while batch := list(islice(pictures, BATCH)):
        encoded = {picture.path: picture.encoded for picture in batch}
        for row in read_rows(reader, batch):
            if not isinstance(row, Row):
                result.unreadable.update([row])
                continue
            result.rows.append(row)
            if drawn is not None:
                png = draw(encoded[row.path], row.prediction, how=reader.predictions)
                drawn[row.path].write_bytes(png)
    return result


def find_in_files(
    paths: Iterable[Path],
    reader: Reader,
    *,
    invert: Invert,
    drawn: Mapping[Path, Path] | None = None,
) -> FilesRead:
    """Finds and reads all that is written on each picture file; otherwise as `predict_files`.

    Raises UserError if the reader cannot read at all, or its task does not join what it finds.
    """
    sequences = reader.sequences()
    result = FilesRead()
    for picture in _readable(paths, partial(read_strip, invert=invert), result.unreadable):
        try:
            joined = reader.read_strip(picture.strip, picture.pieces)
        except RefusedError as error:
            result.unreadable[str(picture.path)] = str(error)
            continue
        row = Row(picture.path, picture.width, picture.height, joined, joined.members)
        result.rows.append(row)
        if drawn is not None:
            drawn[row.path].write_bytes(draw(picture.encoded, joined, how=sequences))
    return result


def _readable(
    paths: Iterable[Path], read: Callable[[Path], _Read], unreadable: dict[str, str]
) -> Iterator[_Read]:
    for path in paths:
        try:
            yield read(path)
        except UnreadableError as error:
            unreadable[str(path)] = str(error)
