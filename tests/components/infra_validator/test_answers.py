"""What InfraValidator refuses in an answer, in a sentence that names the signature."""

import re
from collections.abc import Sequence

import numpy as np
import pytest

from components.infra_validator.answers import check_outputs
from vocabulary.classes import TEN
from vocabulary.task.options import TaskBase

GOOD = {"digit": [9], "probabilities": [[0.0] * 9 + [1.0]], "box": [[0.0, 0.25, 0.5, 1.0]]}


def check(outputs: dict[str, list[object]], *, classes: Sequence[str] = TEN) -> None:
    arrays = {name: np.array(value) for name, value in outputs.items()}
    check_outputs(
        arrays, "serving_default", rows=1, task=TaskBase(kind="localization", classes=[*classes])
    )


def test_a_good_answer_passes() -> None:
    check(GOOD)


@pytest.mark.parametrize(
    ("outputs", "reason"),
    [
        ({"digit": [1]}, "serving_default gives no box, only ['digit']"),
        ({**GOOD, "digit": [9, 9]}, "gives digit in the shape [2]; it must be [1]"),
        (
            {**GOOD, "probabilities": [[0.25, 0.75]]},
            "gives probabilities in the shape [1, 2]; it must be [1, 10]",
        ),
        ({**GOOD, "digit": [0]}, "serving_default gives a digit that is not its most probable one"),
    ],
)
def test_a_fault_is_a_sentence(outputs: dict[str, list[object]], reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        check(outputs)


def test_there_is_a_probability_for_each_class_of_the_model() -> None:
    three = {**GOOD, "digit": [2], "probabilities": [[0.0, 0.0, 1.0]]}
    check(three, classes=["cat", "dog", "7"])
    with pytest.raises(ValueError, match=re.escape("it must be [1, 2]")):
        check(three, classes=["cat", "dog"])
