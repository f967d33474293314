"""Coverage: what can be read at an accuracy of 99%."""

import numpy as np
import pytest

from evaluation.coverage import coverage_at, curve


def test_the_surest_are_read_as_long_as_99_of_100_are_right() -> None:
    right = np.ones(1000, bool)
    confidence = np.linspace(1, 0, 1000)
    assert coverage_at(right, confidence) == 1
    right[200] = False
    assert coverage_at(right, confidence) == 1
    right[[201, *range(600, 700)]] = False
    # Two of 200 to 599 are wrong, and from 604 on there are more than one of a hundred.
    assert coverage_at(right, confidence) == pytest.approx(0.604)


def test_numbers_with_one_confidence_are_read_together_or_not_at_all() -> None:
    right = np.array([True] * 50 + [False] * 50)
    assert coverage_at(right, np.ones(100)) == 0
    coverage, accuracy, confidence = curve(right, np.repeat([0.9, 0.5], 50))
    assert (coverage.tolist(), accuracy.tolist()) == ([0.5, 1], [1, 0.5])
    assert confidence.tolist() == [0.9, 0.5]


def test_nothing_is_covered_where_there_is_nothing_or_all_is_wrong() -> None:
    assert coverage_at(np.zeros(0, bool), np.zeros(0)) == 0
    assert coverage_at(np.zeros(3, bool), np.array([0.1, 0.2, 0.3])) == 0
