"""A digit and a box, as people are shown them: `digits predict`, its files, and Python's client."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageDraw

from digit import predictions as digits
from vocabulary.task.predictions import NO_INK, View

COLUMNS: Final = ("digit", "probability", "left", "top", "right", "bottom")


@dataclass(frozen=True)
class Prediction:
    """What the model reads in one picture; in one without ink or a digit: nothing."""

    digit: int | None
    """None where there is no ink, or nothing that the model takes for a digit."""
    probabilities: tuple[float, ...]
    """Of the ten digits; they sum to 1. None of them where there is no ink."""
    box: tuple[float, float, float, float] | None
    """(xmin, ymin, xmax, ymax) in [0, 1] of the picture, upright."""
    doubts: tuple[str, ...] = ()
    """Why it may be wrong."""

    @property
    def probability(self) -> float | None:
        """Of the digit."""
        return None if self.digit is None else self.probabilities[self.digit]

    def pixels(self, *, width: int, height: int) -> tuple[int, int, int, int] | None:
        """The box in pixels of a picture of this size: (xmin, ymin, xmax, ymax), or None."""
        if self.box is None:
            return None
        xmin, ymin, xmax, ymax = self.box
        return (
            round(xmin * width),
            round(ymin * height),
            max(round(xmin * width), round(xmax * width)),
            max(round(ymin * height), round(ymax * height)),
        )

    def fields(self, *, width: int, height: int) -> dict[str, Any]:
        """Its values by name; `pixels` is the box in pixels of a picture of this size."""
        pixels = self.pixels(width=width, height=height)
        return {
            "digit": self.digit,
            "probability": self.probability,
            "probabilities": list(self.probabilities),
            "box": self.box and list(self.box),
            "pixels": pixels and list(pixels),
        }

    def columns(self, *, width: int, height: int) -> dict[str, int | float | str | None]:
        """A row of `COLUMNS`; edges of the box are in pixels of a picture of this size."""
        edges = self.pixels(width=width, height=height) or (None,) * 4
        return dict(zip(COLUMNS, (self.digit, self.probability, *edges), strict=True))


NOTHING: Final = Prediction(digit=None, probabilities=(), box=None, doubts=(NO_INK,))
"""What is read in a picture without ink."""


def read(outputs: Mapping[str, Any], view: View) -> Prediction:
    """The prediction for one picture, whose box is told in coordinates of the whole picture.

    It is no digit where none of the ten is probable.
    """
    digit, probabilities, doubts = digits.read(outputs, view)
    if digit is None:
        return Prediction(None, probabilities, None, doubts)
    left, top, width, height = view.square
    xmin, ymin, xmax, ymax = map(float, outputs["box"])
    return Prediction(
        digit=digit,
        probabilities=probabilities,
        box=(
            _share(left + xmin * width),
            _share(top + ymin * height),
            _share(left + xmax * width),
            _share(top + ymax * height),
        ),
        doubts=doubts,
    )


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def draw(prediction: Prediction, image: Image.Image) -> None:
    """Draws the box, the digit and its probability above it, or below where there is no room."""
    line = max(2, max(image.size) // 200)
    size = max(14, max(image.size) // 20)
    drawing = ImageDraw.Draw(image)
    label = digits.label(prediction.digit, prediction.probability, prediction.doubts)
    box = prediction.pixels(width=image.width, height=image.height)
    if box is None:
        drawing.text((line, line), label, digits.COLOUR, font_size=size)
        return
    drawing.rectangle(box, outline=digits.COLOUR, width=line)
    xmin, ymin, _, ymax = box
    above = ymin - 1.2 * size
    drawing.text((xmin, above if above >= 0 else ymax + line), label, digits.COLOUR, font_size=size)
