"""The loss of digits."""

import keras
import numpy as np
import pytest

from digit import losses


def test_cross_entropy_is_that_of_keras_without_smoothing() -> None:
    logits = np.random.default_rng(0).normal(size=(6, 10)).astype(np.float32)
    digits = np.arange(6)
    expected = keras.losses.sparse_categorical_crossentropy(digits, logits, from_logits=True)
    for shaped in (digits, digits[:, np.newaxis]):
        measured = losses.cross_entropy(shaped, logits, smoothing=0.0)
        np.testing.assert_allclose(measured, expected, atol=1e-5)


def test_smoothing_punishes_certainty() -> None:
    certain = np.float32([[100.0] + [0.0] * 9])
    assert float(losses.cross_entropy(np.array([0]), certain, smoothing=0.0)[0]) < 1e-3
    assert float(losses.cross_entropy(np.array([0]), certain, smoothing=0.1)[0]) > 1.0


def test_a_picture_without_a_digit_is_trained_towards_a_tenth_for_each() -> None:
    even, sure = np.zeros((1, 10), np.float32), np.float32([[5.0] + [0.0] * 9])
    for smoothing in (0.0, 0.1):
        lowest, higher = (
            float(losses.cross_entropy(np.array([-1]), logits, smoothing=smoothing)[0])
            for logits in (even, sure)
        )
        assert lowest == pytest.approx(np.log(10), abs=1e-5)
        assert higher > lowest
