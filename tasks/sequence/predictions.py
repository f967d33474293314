"""A number, as people are shown it: `digits predict`, its files, and Python's client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageDraw

from digit.predictions import COLOUR, LOW_CONFIDENCE, font
from digit.predictions import NO_DIGIT as NO_DIGITS
from tasks.sequence.number import LONGEST, MORE, written
from vocabulary.task.predictions import NO_INK, View

OBJECT: Final = None
COLUMNS: Final = ("number", "probability")
LINES: Final = True
ABSTAINS_BELOW: Final = 0.5
"""A number that is less probable is none: it is more likely wrong than right."""
TOO_LONG: Final = f"more than {LONGEST} digits"


@dataclass(frozen=True)
class Prediction:
    """What the model reads in one picture; in one without ink or digits: nothing."""

    length: int | None
    """0 to 5, 6 for more; None where there is no ink."""
    digits: tuple[int, ...]
    """From the left, the indices of their classes."""
    probability: float | None
    """Of the whole number."""
    digit_probabilities: tuple[float, ...]
    """Of each digit at its place."""
    number: str | None = None
    """The digits as written, None where there are none or the model abstains."""
    doubts: tuple[str, ...] = ()
    """Why it may be wrong."""

    def fields(self, *, width: int, height: int) -> dict[str, Any]:
        """Its values by name; the size of the picture does not matter."""
        return {
            "number": self.number,
            "length": self.length,
            "digits": list(self.digits),
            "probability": self.probability,
            "digit_probabilities": list(self.digit_probabilities),
        }

    def columns(self, *, width: int, height: int) -> dict[str, int | float | str | None]:
        """A row of `COLUMNS`; likewise."""
        return dict(zip(COLUMNS, (self.number, self.probability), strict=True))


NOTHING: Final = Prediction(None, (), None, (), doubts=(NO_INK,))
"""What is read in a picture without ink."""


def read(outputs: Mapping[str, Any], view: View, classes: Sequence[str]) -> Prediction:
    """The prediction for one picture."""
    length, probability = int(outputs["length"]), float(outputs["probability"])
    why = {0: (NO_DIGITS,), MORE: (TOO_LONG,)}.get(length, ())
    low = (LOW_CONFIDENCE,) if probability < ABSTAINS_BELOW else ()
    there = min(length, LONGEST)
    digits = tuple(map(int, outputs["digits"][:there]))
    return Prediction(
        length,
        digits,
        probability,
        tuple(map(float, outputs["digit_probabilities"][:there])),
        number=None if why or low else written(digits, classes),
        doubts=(*why, *low, *view.doubts),
    )


def draw(prediction: Prediction, image: Image.Image) -> None:
    """Writes the number and its probability in a corner."""
    size = max(14, max(image.size) // 20)
    label = "no number"
    if prediction.number is not None:
        doubtful = "?" if prediction.doubts else ""
        label = f"{prediction.number}{doubtful}  {prediction.probability:.2f}"
    ImageDraw.Draw(image).text(
        (size // 4, size // 4), label, COLOUR,
        font=font(size), stroke_width=max(1, size // 10), stroke_fill="black",
    )  # fmt: skip
