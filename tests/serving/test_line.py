"""All ink of a picture as one line: what is sent to models that read several objects at once."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from serving.ink import LIGHT_PAPER
from serving.line import find_line

Pixels = NDArray[np.uint8]


def written(text: str, *, height: int = 400, width: int = 700, light: bool = True) -> Pixels:
    """A photograph of a number in the upper left, with a speck in the lower right."""
    picture = np.full((height, width), 225, np.uint8)
    cv2.putText(picture, text, (80, 150), cv2.FONT_HERSHEY_SIMPLEX, 3.0, 40, 12, cv2.LINE_AA)
    cv2.circle(picture, (width - 40, height - 40), 3, 90, -1)
    return picture if light else cv2.bitwise_not(picture)


@pytest.mark.parametrize("light", [True, False])
def test_the_whole_line_is_cut_out_light_on_dark(light: bool) -> None:
    picture = written("4071", light=light)
    ink = find_line(picture)
    assert (ink.found, ink.inverted, ink.several) == (True, light, False)
    assert ink.canvas is not None
    x, y, width, height = cv2.boundingRect((written("4071")[:200] < 128).view(np.uint8))
    left, top, wide, high = np.array(ink.square) * ([picture.shape[1], picture.shape[0]] * 2)
    margin = 0.2 * height
    np.testing.assert_allclose(
        [left, top, left + wide, top + high],
        [x - margin, y - margin, x + width + margin, y + height + margin],
        atol=8,
    )
    assert np.median(ink.canvas) == 0
    assert ink.canvas.max() > 200


def test_light_ink_that_fills_its_picture_is_sent_as_it_is() -> None:
    strip = written("4071", light=False)[50:180, 40:500]
    assert find_line(strip).canvas is None


def test_a_picture_without_ink_is_blank_and_one_in_doubt_is_told() -> None:
    assert not find_line(np.full((60, 90), 220, np.uint8)).found
    assert find_line(written("12"), "no").doubts == (LIGHT_PAPER,)
