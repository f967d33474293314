"""Tints: of paper, of ink on it, and of what is in between."""

import numpy as np

from components.digit_example_gen.colour import coloured, tint

RED, BLUE = 0.0, 2 / 3
INK = np.array([[0, 255, 51]], np.uint8)


def test_ink_has_its_hue_and_thin_ink_lets_the_paper_through() -> None:
    of = tint(BLUE, [(None, 0.5), (INK, RED)], 1.0, (1, 3))
    np.testing.assert_allclose(of[0], [[1, 0, 0], [0, 0, 1], [0.8, 0, 0.2]], atol=1e-6)


def test_the_grey_is_the_value_of_the_colour() -> None:
    grey = np.array([[10, 200, 100]], np.uint8)
    of = coloured(grey, tint(BLUE, [(INK, RED)], 0.5, (1, 3)))
    assert of.shape == (1, 3, 3)
    assert of.max(axis=-1)[0, :2].tolist() == [10, 200]
    assert (coloured(grey, tint(BLUE, [(INK, RED)], 0.0, (1, 3))) == grey[..., None]).all()
