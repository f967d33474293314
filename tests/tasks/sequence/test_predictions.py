"""A number as people are shown it."""

from typing import Any

from tasks.sequence.predictions import NOTHING, read
from vocabulary.classes import TEN
from vocabulary.task.predictions import View


def outputs(length: int, probability: float) -> dict[str, Any]:
    there = min(length, 5)
    return {
        "length": length, "digits": [0, 7, 3, 1, 2][:there] + [-1] * (5 - there),
        "probability": probability, "digit_probabilities": [0.9] * there + [0.0] * (5 - there),
    }  # fmt: skip


def test_a_number_keeps_its_leading_zeros() -> None:
    prediction = read(outputs(3, 0.75), View(), TEN)
    assert prediction.columns(width=9, height=9) == {"number": "073", "probability": 0.75}
    assert prediction.doubts == ()
    assert prediction.fields(width=9, height=9)["digits"] == [0, 7, 3]


def test_it_abstains_where_a_number_is_more_likely_wrong_than_right() -> None:
    prediction = read(outputs(3, 0.49), View(doubts=("light paper",)), TEN)
    assert prediction.number is None
    assert prediction.doubts == ("low confidence", "light paper")


def test_no_digits_and_too_many_are_no_number() -> None:
    assert read(outputs(0, 0.9), View(), TEN).doubts == ("no digit",)
    many = read(outputs(6, 0.9), View(), TEN)
    assert (many.number, many.doubts) == (None, ("more than 5 digits",))
    assert NOTHING.number is None


def test_digits_are_called_as_their_classes() -> None:
    assert read(outputs(2, 0.9), View(), ["cat", *"bcdefgh"]).number == "cat h"
    assert read(outputs(2, 0.9), View(), "abcdefgh").number == "ah"
