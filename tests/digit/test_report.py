"""What a report says of digits where there is little to say."""

import numpy as np

from digit.examples import NO_DIGIT
from digit.report import figures
from vocabulary.classes import TEN
from vocabulary.task.report import Evaluated


def test_pictures_without_a_digit_have_no_figures_of_digits() -> None:
    empty = Evaluated(
        ids=["a", "b"],
        truth={"digit": np.array([NO_DIGIT, NO_DIGIT])},
        predictions={"digit": np.array([3, 4]), "confidence": np.array([0.1, 0.2])},
        pixels=lambda ids: {},
        classes=TEN,
    )
    assert figures(empty, "candidate") == []
