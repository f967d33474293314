"""A digit, as people are shown it: `digits predict`, its files, and Python's client."""

from typing import Final

from PIL import Image, ImageDraw

from digit.predictions import COLOUR, COLUMNS, Prediction, font, read
from vocabulary.task.predictions import NO_INK, ObjectFields

__all__ = ["COLUMNS", "NOTHING", "OBJECT", "Prediction", "draw", "read"]

OBJECT: Final = ObjectFields("name", "probability", None)
NOTHING: Final = Prediction(digit=None, probabilities=(), doubts=(NO_INK,))
"""What is read in a picture without ink."""


def draw(prediction: Prediction, image: Image.Image) -> None:
    """Writes the digit and its probability in a corner."""
    size = max(14, max(image.size) // 20)
    place = (size // 4, size // 4)
    ImageDraw.Draw(image).text(place, prediction.label, COLOUR, font=font(size))
