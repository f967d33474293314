"""A digit and a box, as people are shown them: `digits predict`, its files, and Python's client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageDraw

from digit import predictions as digits
from vocabulary.task.predictions import EDGES, NO_INK, ObjectFields, Rectangle, View, in_pixels

COLUMNS: Final = (*digits.COLUMNS, *EDGES)
OBJECT: Final = ObjectFields("name", "probability", "box")
SEVERAL: Final = f"{digits.SEVERAL}: read them with --find"


@dataclass(frozen=True)
class Prediction(digits.Prediction):
    """What the model reads in one picture; in one without ink or a digit: nothing."""

    box: Rectangle | None
    """(xmin, ymin, xmax, ymax) in [0, 1] of the picture, upright."""

    def fields(self, *, width: int, height: int) -> dict[str, Any]:
        """Its values by name; `pixels` is the box in pixels of a picture of this size."""
        pixels = in_pixels(self.box, width=width, height=height)
        return {
            **super().fields(width=width, height=height),
            "box": self.box and list(self.box),
            "pixels": pixels and list(pixels),
        }

    def columns(self, *, width: int, height: int) -> dict[str, int | float | str | None]:
        """A row of `COLUMNS`; edges of the box are in pixels of a picture of this size."""
        edges = in_pixels(self.box, width=width, height=height) or (None,) * 4
        return dict(zip(COLUMNS, (self.name, self.probability, *edges), strict=True))


NOTHING: Final = Prediction(digit=None, probabilities=(), box=None, doubts=(NO_INK,))
"""What is read in a picture without ink."""


def read(outputs: Mapping[str, Any], view: View, classes: Sequence[str]) -> Prediction:
    """The prediction for one picture, whose box is told in coordinates of the whole picture.

    It is no digit where no class is probable.
    """
    seen = digits.read(outputs, view, classes)
    doubts = tuple(SEVERAL if doubt == digits.SEVERAL else doubt for doubt in seen.doubts)
    if seen.digit is None:
        return Prediction(None, seen.probabilities, None, doubts=doubts)
    return Prediction(
        digit=seen.digit,
        name=seen.name,
        probabilities=seen.probabilities,
        box=view.in_picture(outputs["box"]),
        doubts=doubts,
    )


def draw(prediction: Prediction, image: Image.Image) -> None:
    """Draws the box, the digit and its probability above it, or below where there is no room."""
    line = max(2, max(image.size) // 200)
    size = max(14, max(image.size) // 20)
    drawing = ImageDraw.Draw(image)
    box = in_pixels(prediction.box, width=image.width, height=image.height)
    if box is None:
        drawing.text((line, line), prediction.label, digits.COLOUR, font=digits.font(size))
        return
    drawing.rectangle(box, outline=digits.COLOUR, width=line)
    xmin, ymin, _, ymax = box
    above = ymin - 1.2 * size
    place = (xmin, above if above >= 0 else ymax + line)
    drawing.text(place, prediction.label, digits.COLOUR, font=digits.font(size))
