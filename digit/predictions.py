"""A digit as people are shown it, and why it may be wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

from digit.answers import NO_DIGIT_BELOW
from vocabulary.task.predictions import View

COLUMNS: Final = ("digit", "probability")
UNSURE_BELOW: Final = 0.6
"""A digit that is less probable is a guess."""
LOW_CONFIDENCE: Final = "low confidence"
NO_DIGIT: Final = "no digit"
SEVERAL: Final = "more than one digit"
COLOUR: Final = (252, 141, 89)
"""That predictions are drawn in, RGB."""


def font(size: int) -> ImageFont.FreeTypeFont:
    """What names are written in, so many pixels high; Pillow's own knows Latin letters alone."""
    import matplotlib as mpl  # only where pictures are drawn

    return ImageFont.truetype(Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"), size)


def write(text: str, image: Image.Image) -> None:
    """Writes in a corner of a picture, with an edge that is seen on any."""
    size = max(14, max(image.size) // 20)
    ImageDraw.Draw(image).text(
        (size // 4, size // 4), text, COLOUR,
        font=font(size), stroke_width=max(1, size // 10), stroke_fill="black",
    )  # fmt: skip


@dataclass(frozen=True)
class Prediction:
    """What the model reads in one picture; in one without ink or a digit: nothing."""

    digit: int | None
    """The index of its class; None where there is no ink, or nothing that the model takes for a
    digit."""
    probabilities: tuple[float, ...]
    """Of the classes; they sum to 1. None of them where there is no ink."""
    name: str | None = field(default=None, kw_only=True)
    """What the class is called."""
    doubts: tuple[str, ...] = field(default=(), kw_only=True)
    """Why it may be wrong."""

    @property
    def probability(self) -> float | None:
        """Of the digit."""
        return None if self.digit is None else self.probabilities[self.digit]

    @property
    def label(self) -> str:
        """What is written on the picture: the digit with its probability, or that there is none."""
        if self.digit is None:
            return NO_DIGIT
        return f"{self.name}{'?' if self.doubts else ''}  {self.probability:.2f}"

    def fields(self, *, width: int, height: int) -> dict[str, Any]:
        """Its values by name; the size of the picture does not matter."""
        return {
            "digit": self.digit,
            "name": self.name,
            "probability": self.probability,
            "probabilities": list(self.probabilities),
        }

    def columns(self, *, width: int, height: int) -> dict[str, int | float | str | None]:
        """A row of `COLUMNS`; likewise."""
        return dict(zip(COLUMNS, (self.name, self.probability), strict=True))


def read(outputs: Mapping[str, Any], view: View, classes: Sequence[str]) -> Prediction:
    """The prediction for one picture: no digit where no class is probable.

    A class of a model that does not say what its classes are called is called by its number.
    """
    digit, probabilities = int(outputs["digit"]), tuple(map(float, outputs["probabilities"]))
    doubts = view.doubts
    if view.several:
        doubts = (SEVERAL, *doubts)
    if probabilities[digit] < NO_DIGIT_BELOW:
        return Prediction(None, probabilities, doubts=(NO_DIGIT, *doubts))
    if probabilities[digit] < UNSURE_BELOW:
        doubts = (LOW_CONFIDENCE, *doubts)
    named = len(classes) == len(probabilities)
    name = classes[digit] if named else str(digit)
    return Prediction(digit, probabilities, name=name, doubts=doubts)
