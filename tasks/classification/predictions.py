"""A digit, as people are shown it: `digits predict`, its files, and Python's client."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageDraw

from digit import predictions as digits
from vocabulary.task.predictions import NO_INK, View

COLUMNS: Final = ("digit", "probability")


@dataclass(frozen=True)
class Prediction:
    """What the model reads in one picture; in one without ink or a digit: nothing."""

    digit: int | None
    """None where there is no ink, or nothing that the model takes for a digit."""
    probabilities: tuple[float, ...]
    """Of the ten digits; they sum to 1. None of them where there is no ink."""
    doubts: tuple[str, ...] = ()
    """Why it may be wrong."""

    @property
    def probability(self) -> float | None:
        """Of the digit."""
        return None if self.digit is None else self.probabilities[self.digit]

    def fields(self, *, width: int, height: int) -> dict[str, Any]:
        """Its values by name; the size of the picture does not matter."""
        return {
            "digit": self.digit,
            "probability": self.probability,
            "probabilities": list(self.probabilities),
        }

    def columns(self, *, width: int, height: int) -> dict[str, int | float | str | None]:
        """A row of `COLUMNS`."""
        return {"digit": self.digit, "probability": self.probability}


NOTHING: Final = Prediction(digit=None, probabilities=(), doubts=(NO_INK,))
"""What is read in a picture without ink."""


def read(outputs: Mapping[str, Any], view: View) -> Prediction:
    """The prediction for one picture; no digit where none of the ten is probable."""
    return Prediction(*digits.read(outputs, view))


def draw(prediction: Prediction, image: Image.Image) -> None:
    """Writes the digit and its probability in a corner."""
    size = max(14, max(image.size) // 20)
    text = digits.label(prediction.digit, prediction.probability, prediction.doubts)
    ImageDraw.Draw(image).text((size // 4, size // 4), text, digits.COLOUR, font_size=size)
