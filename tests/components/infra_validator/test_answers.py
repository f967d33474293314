"""What InfraValidator refuses in an answer, in a sentence that names the signature."""

import re

import numpy as np
import pytest

from components.infra_validator.answers import check_outputs
from vocabulary.task.find import task_part

ANSWERS = task_part("localization", "answers")
GOOD = {"digit": [9], "probabilities": [[0.0] * 9 + [1.0]], "box": [[0.0, 0.25, 0.5, 1.0]]}


def check(outputs: dict[str, list[object]]) -> None:
    arrays = {name: np.array(value) for name, value in outputs.items()}
    check_outputs(arrays, "serving_default", rows=1, answers=ANSWERS)


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
