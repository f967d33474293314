"""What the machinery asks of `tasks/NAME/predictions.py`: an answer as people are shown it.

`serving.client`, a model in this process and `digits predict` ask it. The file is imported where
TensorFlow is not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, runtime_checkable

from PIL import Image

EDGES: Final = ("left", "top", "right", "bottom")
"""Headings of a table, of the edges of a box in pixels of the picture."""
NO_INK: Final = "no ink"
"""The doubt of a prediction for a picture without ink."""
Sent = Literal["part", "line", "all"]
"""What of a picture a model is sent: the largest part of its ink, all of its ink, or all of it."""


Rectangle = tuple[float, float, float, float]
"""(xmin, ymin, xmax, ymax), edges in [0, 1]."""


@dataclass(frozen=True)
class View:
    """What was sent of a picture to the model."""

    square: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    """left, top, width and height of that part, as shares of the upright picture."""
    several: bool = False
    """Whether there is more ink beside it that is about as large."""
    doubts: tuple[str, ...] = ()
    """Why the answer may be wrong, as far as the picture shows."""

    def in_picture(self, edges: Sequence[float]) -> Rectangle:
        """A rectangle of what was sent, in [0, 1] of it, as one of the whole picture."""
        left, top, width, height = self.square
        xmin, ymin, xmax, ymax = map(float, edges)
        return (
            _share(left + xmin * width), _share(top + ymin * height),
            _share(left + xmax * width), _share(top + ymax * height),
        )  # fmt: skip


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def in_pixels(
    rectangle: Rectangle | None, *, width: int, height: int
) -> tuple[int, int, int, int] | None:
    """A rectangle in pixels of its picture, of no side below 0; None for None."""
    if rectangle is None:
        return None
    xmin, ymin, xmax, ymax = rectangle
    left, top = round(xmin * width), round(ymin * height)
    return left, top, max(left, round(xmax * width)), max(top, round(ymax * height))


@dataclass(frozen=True)
class ObjectFields:
    """Where a prediction's `fields` hold the object that it is about, as labels have objects."""

    name: str
    """The field of what the class is called; None in it where there is no object."""
    probability: str
    """The field of how sure the model is of the class, in [0, 1]."""
    rectangle: str | None
    """The field of where it is, (xmin, ymin, xmax, ymax) in [0, 1] of the picture; None: the task
    does not say where."""


class Prediction(Protocol):
    """What a model reads in one picture."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why it may be wrong: the view's doubts, and what the task adds."""

    def fields(self, *, width: int, height: int) -> dict[str, Any]:
        """Its values by name, as JSON has them; each output of the model is one of them.

        `width` and `height` are of the upright picture, in pixels. Values are numbers, texts, lists
        of them, or None where nothing was read; bytes are in base64.
        """

    def columns(self, *, width: int, height: int) -> dict[str, int | float | str | None]:
        """A row of a table, and of a CSV file: `COLUMNS`, one value each; arguments as above."""


@runtime_checkable
class Predictions(Protocol):
    """The module `predictions` of a task."""

    COLUMNS: tuple[str, ...]
    """The headings of a table."""
    NOTHING: Prediction
    """Of a picture without ink, which no model is asked about."""
    OBJECT: ObjectFields | None
    """How a prediction becomes a label; None: it cannot."""

    # LINES: bool
    # True where a model reads all ink of a picture, as one line; may be missing: then it is sent
    # the largest part of the ink alone.
    # WHOLE: bool
    # True where a model finds for itself what there is in a whole picture; may be missing.

    def read(self, outputs: Mapping[str, Any], view: View, classes: Sequence[str]) -> Prediction:
        """The prediction for one picture, by a model that knows these classes.

        `outputs` are the model's for it by name, without a batch dimension: lists and numbers, or
        NumPy's. The prediction is told in coordinates of the whole picture, not of the view.
        """

    def draw(self, prediction: Prediction, image: Image.Image) -> None:
        """Draws a prediction on its picture, upright and RGB, of 150 pixels or more."""


def sent_to(predictions: Predictions) -> Sent:
    """What models that are presented so are sent: see `LINES` and `WHOLE`."""
    if getattr(predictions, "WHOLE", False):
        return "all"
    return "line" if getattr(predictions, "LINES", False) else "part"
