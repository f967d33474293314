"""Sections of the report, of evaluations of any outcome."""

from typing import Any

import numpy as np
import pytest

from tasks.sequence.report import picture, sections
from vocabulary.classes import TEN
from vocabulary.document import Figure, Pictures
from vocabulary.task.report import Evaluated


def evaluated(truth: list[str], predicted: list[str], confidence: list[float]) -> Evaluated:
    return Evaluated(
        ids=[str(index) for index in range(len(truth))],
        truth={"number": np.array(truth, object)},
        predictions={"number": np.array(predicted, object), "confidence": np.array(confidence)},
        pixels=lambda ids: dict.fromkeys(ids, b"png"),
        classes=TEN,
    )


def parts(of: Evaluated) -> list[Any]:
    return [part for section in sections(of) for part in section.parts]


def test_mistakes_come_first_the_surest_before_all() -> None:
    of = evaluated(["1", "22", "333", ""], ["1", "23", "33", ""], [0.6, 0.7, 0.9, 0.99])
    worst = next(part for part in parts(of) if isinstance(part, Pictures) and part.title == "Worst")
    captions = [shown.caption.replace("\N{NO-BREAK SPACE}", " ") for shown in worst.pictures]
    assert captions == ["33 (90%), truth 333", "23 (70%), truth 22", "1 (60%)", "no digits (99%)"]
    assert [shown.wrong for shown in worst.pictures] == [True, True, False, False]


@pytest.mark.parametrize(
    ("right", "conclusion"),
    [
        (100, "Read all, 100.0% of the numbers are right: no picture need be left to people"),
        (90, "Read from a confidence of 0.11 on, which 90.0% of the pictures have, 99% are."),
        (0, "99% is not reached, however few are read"),
    ],
)
def test_the_coverage_curve_concludes(right: int, conclusion: str) -> None:
    predicted = ["7"] * right + ["1"] * (100 - right)
    of = evaluated(["7"] * 100, predicted, (1 - np.arange(100) / 100 - 0.001).round(4).tolist())
    captions = [part.caption for part in parts(of) if isinstance(part, Figure)]
    assert any(conclusion in caption for caption in captions), captions


def test_a_number_that_is_too_long_ends_in_dots() -> None:
    assert picture(b"png", {"number": "12345…"}, classes=TEN).caption == "12345…"


def test_a_sample_shows_the_truth_alone() -> None:
    assert picture(b"png", {"number": "007"}, classes=TEN).caption == "007"
    assert picture(b"png", {"number": ""}, classes=TEN).caption == "no digits"
    predicted = {"number": "10…", "confidence": 0.5}
    named = picture(b"png", {"number": "01"}, predicted, classes=["a", "b"])
    assert named.caption.replace("\N{NO-BREAK SPACE}", " ") == "ba… (50%), truth ab"
