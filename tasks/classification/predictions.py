"""A digit, as people are shown it: `digits predict`, its files, and Python's client."""

from typing import Final

from PIL import Image

from digit.predictions import COLUMNS, Prediction, read, write
from vocabulary.task.predictions import NO_INK, ObjectFields

__all__ = ["COLUMNS", "NOTHING", "OBJECT", "Prediction", "draw", "read"]

OBJECT: Final = ObjectFields("name", "probability", None)
NOTHING: Final = Prediction(digit=None, probabilities=(), doubts=(NO_INK,))
"""What is read in a picture without ink."""


def draw(prediction: Prediction, image: Image.Image) -> None:
    """Writes the digit and its probability in a corner."""
    write(prediction.label, image)
