"""What pages show of digits that are read."""

import numpy as np
import pytest

from tasks.classification.report import picture, sections
from vocabulary.classes import TEN
from vocabulary.document import Pictures, Table
from vocabulary.task.report import Evaluated


@pytest.fixture
def evaluated() -> Evaluated:
    """Two of each: right and wrong digits, and empty pictures that are told so and not."""
    return Evaluated(
        ids=[f"eval/{n}" for n in range(6)],
        truth={"digit": np.array([3, 3, 5, 5, -1, -1])},
        predictions={
            "digit": np.array([3, 8, 5, 8, 1, 1]),
            "confidence": np.array([0.9, 0.8, 0.7, 0.9, 0.2, 0.8]),
        },
        pixels=lambda ids: dict.fromkeys(ids, b""),
        classes=["0", "1", "2", "cat", "4", "5", "6", "7", "dog", "9"],
    )


def test_mistakes_come_first_the_surest_before_all(evaluated: Evaluated) -> None:
    (_, predictions, _) = sections(evaluated)
    worst, empty = predictions.parts
    assert isinstance(worst, Pictures)
    assert [shown.caption.replace("\xa0", " ") for shown in worst.pictures] == [
        "dog (90%), truth 5", "dog (80%), truth cat", "5 (70%)", "cat (90%)",
    ]  # fmt: skip
    assert [shown.wrong for shown in worst.pictures] == [True, True, False, False]
    assert isinstance(empty, Pictures)
    assert [shown.wrong for shown in empty.pictures] == [True, False]
    assert empty.caption.startswith("In 1 of 2 pictures without a digit")


def test_each_digit_has_its_precision_recall_and_f1(evaluated: Evaluated) -> None:
    table = sections(evaluated)[2].parts[0]
    assert isinstance(table, Table)
    assert table.rows == [
        ("cat", "2", "1.0000", "0.5000", "0.6667"),
        ("5", "2", "1.0000", "0.5000", "0.6667"),
    ]


def test_a_picture_without_a_digit_says_so() -> None:
    assert picture(b"", {"digit": -1}, classes=TEN).caption == "no digit"
    told = picture(b"", {"digit": -1}, {"digit": 1, "confidence": 0.2}, classes=TEN)
    assert (told.caption, told.wrong) == ("no digit", False)
    seen = picture(b"", {"digit": -1}, {"digit": 1, "confidence": 0.9}, classes=TEN)
    assert (seen.caption.replace("\xa0", " "), seen.wrong) == ("1 (90%), truth no digit", True)
