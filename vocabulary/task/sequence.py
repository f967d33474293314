"""What the machinery asks of `tasks/NAME/sequence.py`: several answers on one picture, as one.

The file may be missing: then `--find`, and the server's `:find`, are refused. It is imported where
TensorFlow is not.
"""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from PIL import Image

from vocabulary.task.predictions import Prediction


class Joined(Prediction, Protocol):
    """All that is read on one picture; a prediction itself."""

    @property
    def members(self) -> tuple[Prediction, ...]:
        """What it is made of, in reading order."""


@runtime_checkable
class Sequences(Protocol):
    """The module `sequence` of a task."""

    COLUMNS: tuple[str, ...]
    """The headings of a table: of what is joined, and of its members."""

    def confidence(self, prediction: Any) -> float:
        """How sure the model is that a piece of ink is one object, in [0, 1]."""

    def join(self, lines: Sequence[Sequence[Any]], doubts: tuple[str, ...]) -> Joined:
        """The whole of what is read, line by line from the top, each from the left.

        No lines: there is no ink, or the doubts say why none was looked for.
        """

    def draw(self, joined: Any, image: Image.Image) -> None:
        """Draws it on its picture, upright and RGB, of 150 pixels or more."""
