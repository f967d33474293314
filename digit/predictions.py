"""A digit as people are shown it, and why it may be wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from digit.answers import NO_DIGIT_BELOW
from vocabulary.features import NUM_CLASSES
from vocabulary.task.predictions import View

COLUMNS: Final = ("digit", "probability")
NAMES: Final = tuple(map(str, range(NUM_CLASSES)))
"""What the classes are called in label files."""
UNSURE_BELOW: Final = 0.6
"""A digit that is less probable is a guess."""
LOW_CONFIDENCE: Final = "low confidence"
NO_DIGIT: Final = "no digit"
SEVERAL: Final = "more than one digit"
COLOUR: Final = (252, 141, 89)
"""That predictions are drawn in, RGB."""


@dataclass(frozen=True)
class Prediction:
    """What the model reads in one picture; in one without ink or a digit: nothing."""

    digit: int | None
    """None where there is no ink, or nothing that the model takes for a digit."""
    probabilities: tuple[float, ...]
    """Of the ten digits; they sum to 1. None of them where there is no ink."""
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
        return f"{self.digit}{'?' if self.doubts else ''}  {self.probability:.2f}"

    def fields(self, *, width: int, height: int) -> dict[str, Any]:
        """Its values by name; the size of the picture does not matter."""
        return {
            "digit": self.digit,
            "probability": self.probability,
            "probabilities": list(self.probabilities),
        }

    def columns(self, *, width: int, height: int) -> dict[str, int | float | str | None]:
        """A row of `COLUMNS`; likewise."""
        return dict(zip(COLUMNS, (self.digit, self.probability), strict=True))


def read(outputs: Mapping[str, Any], view: View) -> Prediction:
    """The prediction for one picture: no digit where none of the ten is probable."""
    digit, probabilities = int(outputs["digit"]), tuple(map(float, outputs["probabilities"]))
    doubts = view.doubts
    if view.several:
        doubts = (SEVERAL, *doubts)
    if probabilities[digit] < NO_DIGIT_BELOW:
        return Prediction(None, probabilities, doubts=(NO_DIGIT, *doubts))
    if probabilities[digit] < UNSURE_BELOW:
        doubts = (LOW_CONFIDENCE, *doubts)
    return Prediction(digit, probabilities, doubts=doubts)
