"""Boxes in pixels, and as they are drawn."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from known_model import picture
from PIL import Image

from serving.client import Prediction
from serving.picture_files import draw_box, pixels

Box = tuple[float, float, float, float]


def reading(box: Box) -> Prediction:
    return Prediction(digit=3, probabilities=tuple(float(i == 3) for i in range(10)), box=box)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((0.1, 0.2, 0.3, 0.9), (20, 20, 60, 90)),
        ((0.0, 0.0, 1.0, 1.0), (0, 0, 200, 100)),
        ((0.6, 0.8, 0.2, 0.2), (120, 80, 120, 80)),  # inverted: empty, and where it begins
    ],
)
def test_a_box_in_pixels_is_never_inverted(box: Box, expected: tuple[int, ...]) -> None:
    assert pixels(reading(box), width=200, height=100) == expected


@pytest.mark.parametrize("side", [8, 150, 700])
def test_the_box_is_drawn_where_it_is(side: int) -> None:
    read = SimpleNamespace(encoded=picture(0, side=side))
    image = Image.open(io.BytesIO(draw_box(read, reading((0.25, 0.5, 0.75, 0.9)))))
    coloured = np.ptp(np.asarray(image, int), axis=-1) > 50
    size = image.size[0]
    rows, columns = np.nonzero(coloured[int(0.5 * size) :])
    assert size >= 150
    assert columns.min() == pytest.approx(0.25 * size, abs=2)
    assert columns.max() == pytest.approx(0.75 * size, abs=2)
    assert rows.max() == pytest.approx(0.4 * size, abs=2)
    assert not coloured[int(0.65 * size), int(0.4 * size) : int(0.6 * size)].any()
