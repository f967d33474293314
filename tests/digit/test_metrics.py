"""Precision, recall and F1, against scikit-learn."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from digit.measures import measure, measure_by_digit
from digit.metrics import F1, PRECISION, RECALL, f1, precision, recall


def sums(digits: np.ndarray, predicted: np.ndarray) -> dict[str, np.ndarray]:
    truth = {"digit": digits}
    predictions = {"digit": predicted, "confidence": np.full(len(digits), 0.9)}
    measures = measure(truth, predictions) | measure_by_digit(truth, predictions, classes=10)
    return {name: column.sum(axis=0) for name, column in measures.items()}


@pytest.mark.parametrize("seed", range(5))
def test_they_are_those_of_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    digits = random.integers(0, 9, 60)  # there is no 9, which is predicted all the same
    predicted = np.where(random.random(60) < 0.6, digits, random.integers(0, 10, 60))
    of = sums(np.append(digits, -1), np.append(predicted, 4))  # and a picture without a digit
    labels = np.unique(digits)
    expected = precision_recall_fscore_support(digits, predicted, labels=labels, zero_division=0)
    by_digit = [measure(of)[labels] for measure in (precision, recall, f1)]
    np.testing.assert_allclose(by_digit, expected[:3])
    for metric, mean in zip((PRECISION, RECALL, F1), np.mean(expected[:3], axis=1), strict=True):
        assert metric.read.part(of) / of[metric.read.whole] == pytest.approx(mean)


def test_each_of_several_sums_has_its_own() -> None:
    parts = [sums(np.array([1, 2, 2]), np.array(read)) for read in ([1, 2, 2], [1, 2, 1])]
    both = {name: np.stack([part[name] for part in parts]) for name in parts[0]}
    for metric in (PRECISION, RECALL, F1):
        np.testing.assert_allclose(metric.read.part(both), [metric.read.part(p) for p in parts])


def test_they_are_read_without_numpy() -> None:
    code = "import sys, digit.metrics, digit.slices; print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
