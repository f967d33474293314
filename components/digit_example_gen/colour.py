"""Colours of a picture that is drawn in grey: the grey is their value, hues are of its parts."""

import colorsys
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.shape import Pixels

Tint = NDArray[np.float32]
"""What is left of each channel of white: [height, width, 3] in [0, 1], blue first as in OpenCV."""


def tint(
    paper: float,
    layers: Iterable[tuple[Pixels | None, float]],
    saturation: float,
    shape: tuple[int, int],
) -> Tint:
    """The tint of paper of a hue, and of layers of ink on it, each of a hue of its own.

    Ink is uint8 [height, width]; where there is less than 255 of it, what is below shines through.
    Hues and saturation are those of HSV, in [0, 1].
    """
    tinted = np.full((*shape, 3), _of_white(paper, saturation))
    for ink, hue in layers:
        if ink is not None:
            share = np.float32(1 / 255) * ink[..., np.newaxis]
            tinted += share * (_of_white(hue, saturation) - tinted)
    return tinted


def _of_white(hue: float, saturation: float) -> Tint:
    return np.array(colorsys.hsv_to_rgb(hue, saturation, 1.0)[::-1], np.float32)


def coloured(grey: Pixels, tint: Tint) -> Pixels:
    """The grey, uint8 [height, width], in colours: uint8 [height, width, 3]."""
    return np.rint(grey[..., np.newaxis] * tint).astype(np.uint8)
