"""Answers: the number that is most probable by its length and its digits together."""

from typing import Any

import numpy as np
import pytest

from tasks.sequence.answers import answer, fault
from tasks.sequence.number import LENGTHS, LONGEST, MORE

BLANK, SYMBOLS = 10, 11


def answered(length: dict[int, float], digits: list[dict[int, float]]) -> dict[str, Any]:
    """The answer where so much is certain: probabilities by length, and by digit at each place."""
    heads = np.full((1, LENGTHS), 1e-9), np.full((1, LONGEST, SYMBOLS), 1e-9)
    for one, probability in length.items():
        heads[0][0, one] = probability
    for place, known in enumerate(digits):
        for digit, probability in known.items():
            heads[1][0, place, digit] = probability
    length_logits, digit_logits = (np.log(head).astype(np.float32) for head in heads)
    outputs = {"length": length_logits, "digits": digit_logits}
    assert fault({key: value.numpy() for key, value in answer(outputs, None, None).items()}) is None
    return {key: value.numpy()[0] for key, value in answer(outputs, None, None).items()}


def test_the_probability_is_that_of_the_length_and_of_all_digits() -> None:
    read = answered({3: 0.9, 2: 0.1}, [{7: 0.8, 1: 0.2}, {0: 1.0}, {7: 0.5, BLANK: 0.5}])
    assert read["length"] == 3
    assert read["digits"].tolist() == [7, 0, 7, -1, -1]
    # At the third place there is a digit, where the length says so: then it is a 7.
    assert read["probability"] == pytest.approx(0.9 * 0.8, abs=1e-3)
    assert read["digit_probabilities"].tolist() == pytest.approx([0.8, 1, 1, 0, 0], abs=1e-3)


def test_digits_that_are_not_sure_make_a_shorter_number_more_probable() -> None:
    read = answered({2: 0.45, 1: 0.55}, [{5: 1.0}, {3: 1.0}])
    assert read["length"] == 1
    read = answered({2: 0.55, 1: 0.45}, [{5: 1.0}, {3: 0.5, 8: 0.5}])
    assert read["length"] == 1


def test_no_digits_and_more_than_five_are_answers_too() -> None:
    assert answered({0: 1.0}, [{BLANK: 1.0}] * 5)["digits"].tolist() == [-1] * 5
    read = answered({MORE: 1.0}, [{1: 1.0}] * 5)
    assert (read["length"], read["digits"].tolist()) == (MORE, [1] * 5)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("length", [7], "the length"),
        ("length", [1], "for the length"),
        ("digits", [[1, 2, -1, 3, -1]], "the digits"),
        ("probability", [float("nan")], "a probability of"),
        ("digit_probabilities", [[1.5, 0, 0, 0, 0]], "which is not in"),
    ],
)
def test_what_no_working_model_gives_is_told(name: str, value: Any, sentence: str) -> None:
    outputs = {
        "length": np.array([3]), "digits": np.array([[1, 2, 3, -1, -1]]),
        "probability": np.array([0.5]), "digit_probabilities": np.array([[0.5, 1, 1, 0, 0]]),
    }  # fmt: skip
    assert fault(outputs) is None
    assert sentence in str(fault(outputs | {name: np.array(value)}))
