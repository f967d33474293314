"""A digit as people are shown it, and why it may be wrong."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from digit.answers import NO_DIGIT_BELOW
from vocabulary.task.predictions import View

UNSURE_BELOW: Final = 0.6
"""A digit that is less probable is a guess."""
LOW_CONFIDENCE: Final = "low confidence"
NO_DIGIT: Final = "no digit"
SEVERAL: Final = "more than one digit"
COLOUR: Final = (252, 141, 89)
"""That predictions are drawn in, RGB."""


class Reading(NamedTuple):
    """The digit of an answer, None where none of the ten is probable, and doubts of it."""

    digit: int | None
    probabilities: tuple[float, ...]
    doubts: tuple[str, ...]


def read(outputs: Mapping[str, Any], view: View) -> Reading:
    """The digit in a picture, of which the model has seen a view."""
    digit, probabilities = int(outputs["digit"]), tuple(map(float, outputs["probabilities"]))
    doubts = view.doubts
    if view.several:
        doubts = (SEVERAL, *doubts)
    if probabilities[digit] < NO_DIGIT_BELOW:
        return Reading(None, probabilities, (NO_DIGIT, *doubts))
    if probabilities[digit] < UNSURE_BELOW:
        doubts = (LOW_CONFIDENCE, *doubts)
    return Reading(digit, probabilities, doubts)


def label(digit: int | None, probability: float | None, doubts: tuple[str, ...]) -> str:
    """What is written on a picture: the digit with its probability, or that there is none."""
    if digit is None or probability is None:
        return NO_DIGIT
    return f"{digit}{'?' if doubts else ''}  {probability:.2f}"
