"""What all that read pictures have in common: a client of a server, and a model in this process."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final

from numpy.typing import NDArray

from serving.ink import Invert
from serving.prepare import Prepared, prepare, prepare_strip
from serving.stages.presented import outputs_on, predictions_on
from serving.strip import Strip, best
from vocabulary.card import is_for_light_paper, task_on
from vocabulary.errors import UserError
from vocabulary.pictures import UnreadableError, upright
from vocabulary.task.find import has_part, task_part
from vocabulary.task.options import TaskBase
from vocabulary.task.predictions import Prediction, Predictions, Sent, sent_to
from vocabulary.task.sequence import Joined, Sequences

_PIECES: Final = 256
"""Pieces of a strip that are sent at once: servers take a thousand pictures."""


class RefusedError(UserError):
    """A server that can be reached, or a model, does not take a request."""


class Reader(ABC):
    """Reads pictures with a model for a task; how the model is asked is for the class to say.

    What it was made for stands on the model's card, unless who makes it knows.
    """

    def __init__(self, task: TaskBase | None = None):
        """`task`: what the model was made for; None: what its card says.

        Raises UserError if there is no such task.
        """
        self._task = task
        if task:
            task_part(task.kind, "answers")

    def task_of(self, version: int | None = None) -> TaskBase:
        """What a version of the model was made for."""
        return self._task or task_on(self.card(version))

    def predictions_of(self, version: int | None = None) -> Predictions:
        """How people are shown what a version of the model answers."""
        return predictions_on(self.card(version), self.task_of(version))

    @property
    def task(self) -> TaskBase:
        """What the newest version was made for."""
        return self.task_of()

    @property
    def predictions(self) -> Predictions:
        """How people are shown what the newest version answers."""
        return self.predictions_of()

    def classes(self, version: int | None = None) -> Sequence[str]:
        """What a version of the model calls the classes, in the order of its outputs."""
        return self.task_of(version).classes

    @abstractmethod
    def _ask(self, pictures: Sequence[bytes], version: int | None) -> Sequence[Any]:
        """What a version of the model, None for the newest, answers to PNG or JPEG pictures.

        Returns:
            For each picture the outputs by name, or the value of the only one.

        Raises UserError if it cannot be reached; `RefusedError` if it refuses, and why.
        """

    @abstractmethod
    def card(self, version: int | None = None) -> Mapping[str, Any]:
        """What a version of the model says of itself; nothing if it does not.

        Raises UserError if it cannot be reached, or cannot answer now.
        """

    def predict(
        self,
        pictures: Sequence[bytes],
        *,
        version: int | None = None,
        invert: Invert | None = None,
    ) -> list[Any]:
        """Reads encoded pictures, in one request.

        Args:
            pictures: PNG, JPEG, WebP, BMP, TIFF or GIF, of any size. Those that are on their side
                by their EXIF are turned upright.
            version: of the model; None for the newest.
            invert: whether they are dark ink on light paper; auto: if the border is light. Ink is
                then looked for, and sent in the size that models are trained on, on such paper as
                this one knows. None: it is not, and pictures are sent as they are.

        Returns:
            Predictions of the task, as its `tasks/NAME/predictions.py` describes them.

        Raises UserError if the server cannot be reached, or its model is for another task;
        `RefusedError` if a picture is refused.
        """
        sent = sent_to(self.predictions_of(version))
        prepared = [_prepared(index, one, invert, sent=sent) for index, one in enumerate(pictures)]
        return self.read(prepared, version=version)

    def read(self, pictures: Sequence[Prepared], *, version: int | None = None) -> list[Prediction]:
        """Reads pictures that are prepared, in one request; blank ones are not sent.

        Raises UserError as `predict` does.
        """
        has_ink = any(picture.ink and picture.ink.found for picture in pictures)
        if has_ink and is_for_light_paper(self.card(version)):
            pictures = [picture.on_light_paper() for picture in pictures]
        sent = [picture.encoded for picture in pictures if not picture.is_blank]
        rows = iter(self._ask(sent, version) if sent or not pictures else ())
        task, predictions = self.task_of(version), self.predictions_of(version)
        expected = sorted(outputs_on(self.card(version), task))
        return [
            predictions.NOTHING
            if picture.is_blank
            else predictions.read(
                _outputs(next(rows), expected, task=task), picture.view, task.classes
            )
            for picture in pictures
        ]

    def find(
        self,
        pictures: Sequence[bytes],
        *,
        version: int | None = None,
        invert: Invert = "auto",
    ) -> list[Any]:
        """Finds and reads all that is written on each picture, not one object alone.

        The arguments are those of `predict`; ink is always looked for.

        Returns:
            For each picture what its task makes of them, as its `tasks/NAME/sequence.py` describes
            it.

        Raises UserError as `predict` does, or if the task has no such file.
        """
        strips = [_strip(index, one, invert) for index, one in enumerate(pictures)]
        return [self.read_strip(*strip, version=version) for strip in strips]

    def read_strip(
        self, strip: Strip, pieces: Sequence[Prepared], *, version: int | None = None
    ) -> Joined:
        """Reads what `prepare_strip` found, in one request unless it is very much.

        Raises UserError as `find` does.
        """
        sequences = self.sequences()
        read: list[Prediction] = []
        for start in range(0, len(pieces), _PIECES):
            read += self.read(pieces[start : start + _PIECES], version=version)
        rest = iter(read)
        lines = []
        for line in strip.lines:
            predictions = list(islice(rest, len(line.pieces)))
            chosen = best(line, [sequences.confidence(one) for one in predictions])
            lines.append([predictions[at] for at in chosen])
        return sequences.join(lines, strip.doubts)

    def sequences(self) -> Sequences:
        """How the task joins what is found.

        Raises UserError if it does not.
        """
        if not has_part(self.task.kind, "sequence"):
            raise UserError(
                f"a model for the task {self.task.kind} reads a picture as a whole, and finds "
                "nothing on it; ask it to predict, without --find"
            )
        sequences: Sequences = task_part(self.task.kind, "sequence")
        return sequences


def _outputs(row: Any, expected: Sequence[str], *, task: TaskBase) -> Mapping[str, Any]:
    """The outputs for a picture by name, of which none is missing."""
    if not isinstance(row, Mapping) and len(expected) == 1:
        return {expected[0]: row}
    if not isinstance(row, Mapping) or any(name not in row for name in expected):
        outputs = ", ".join(sorted(row)) if isinstance(row, Mapping) else "a single value"
        raise UserError(
            f"a model of the task {task.kind} answers {', '.join(expected)}, and this one "
            f"{outputs}; name the task that it was made for"
        )
    return row


def _strip(index: int, picture: bytes, invert: Invert) -> tuple[Strip, list[Prepared]]:
    try:
        return prepare_strip(picture, invert=invert)
    except UnreadableError as error:
        raise RefusedError(f"picture {index} {error}") from error


def _prepared(index: int, picture: bytes, invert: Invert | None, *, sent: Sent) -> Prepared:
    if invert is None:
        return Prepared(upright(picture))
    try:
        return prepare(picture, invert=invert, sent=sent)
    except UnreadableError as error:
        raise RefusedError(f"picture {index} {error}") from error


def as_rows(columns: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """The outputs for each picture of a batch, [n, ...] by name."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
