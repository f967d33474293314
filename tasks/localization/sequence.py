"""Several digits on one picture, read as a number: `digits predict --find`, and Python's client."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

from PIL import Image

from tasks.localization import predictions
from tasks.localization.predictions import Prediction
from vocabulary.task.predictions import NO_INK

COLUMNS: Final = ("number", *predictions.COLUMNS)
UNREAD: Final = "?"
"""In a number, ink that is no digit."""


@dataclass(frozen=True)
class Number:
    """What is written on one picture."""

    lines: tuple[tuple[Prediction, ...], ...]
    """The digits of each line from the left, lines from the top."""
    doubts: tuple[str, ...] = ()
    """Why it may be wrong: each doubt about a digit once, and what the picture shows."""

    @property
    def members(self) -> tuple[Prediction, ...]:
        """The digits in reading order."""
        return tuple(digit for line in self.lines for digit in line)

    @property
    def text(self) -> str:
        """The digits as written, with a space between lines; "" where there are none.

        Names of several letters stand apart, too.
        """
        lines = [[*map(_character, line)] for line in self.lines]
        apart = "" if all(len(name) == 1 for line in lines for name in line) else " "
        return " ".join(apart.join(line) for line in lines)

    @property
    def confidence(self) -> float | None:
        """The product of the digits' highest probabilities; None where there are none."""
        return prod(map(confidence, self.members)) if self.lines else None

    def fields(self, *, width: int, height: int) -> dict[str, Any]:
        """Its values by name; boxes as those of a digit."""
        return {
            "number": self.text or None,
            "confidence": self.confidence,
            "digits": [
                {**digit.fields(width=width, height=height), "unsure": list(digit.doubts)}
                for digit in self.members
            ],
        }

    def columns(self, *, width: int, height: int) -> dict[str, int | float | str | None]:
        """The row of `COLUMNS` above those of the digits."""
        row: dict[str, int | float | str | None] = dict.fromkeys(COLUMNS)
        return {**row, "number": self.text or None, "probability": self.confidence}


def _character(digit: Prediction) -> str:
    return digit.name or UNREAD


def confidence(prediction: Prediction) -> float:
    """How sure the model is that there is one digit: its highest probability."""
    return max(prediction.probabilities, default=0.0)


def join(lines: Sequence[Sequence[Prediction]], doubts: tuple[str, ...]) -> Number:
    """The number that digits make."""
    if not lines:
        return Number((), doubts or (NO_INK,))
    of_digits = (doubt for line in lines for digit in line for doubt in digit.doubts)
    return Number(tuple(map(tuple, lines)), tuple(dict.fromkeys([*of_digits, *doubts])))


def draw(number: Number, image: Image.Image) -> None:
    """Draws each digit as it is drawn alone."""
    for digit in number.members or (predictions.NOTHING,):
        predictions.draw(digit, image)
