"""What was read in a file, as the row that tables, JSON and files of predictions have of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serving.picture_files import Picture
from serving.reading import Reader, RefusedError
from vocabulary.task.predictions import Prediction, Predictions


@dataclass(frozen=True)
class Row:
    """What was read in one file."""

    path: Path
    width: int
    """Of the upright picture, pixels."""
    height: int
    """Of the upright picture, pixels."""
    prediction: Prediction

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
