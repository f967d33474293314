"""The shape of one glyph: bent, and its strokes thicker or thinner."""

import cv2
import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.options import GLYPH_SIZE

AROUND = cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3))
"""A pixel and its eight neighbours."""

_NEIGHBOURS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_GLYPH_Y, _GLYPH_X = np.mgrid[0:GLYPH_SIZE, 0:GLYPH_SIZE].astype(np.float32)

Pixels = NDArray[np.uint8]
Bend = list[list[list[float]]]
Box = tuple[int, int, int, int]


def bend(glyph: Pixels, moves: Bend) -> Pixels:
    """Moves places of a glyph, [2, 4, 4], x and y in its pixels: P. Simard et al. bend strokes so.

    "Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis", 2003.
    """
    across, down = (
        cv2.resize(np.array(part, np.float32), glyph.shape[::-1], interpolation=cv2.INTER_CUBIC)
        for part in moves
    )
    return cv2.remap(glyph, _GLYPH_X + across, _GLYPH_Y + down, cv2.INTER_LINEAR)


def press(glyph: Pixels, stroke: float) -> Pixels:
    """Makes strokes thicker (or, below 0, thinner), pixel by pixel on each side.

    What an erosion leaves of a stroke is its grey flank: it becomes as dark as ink again.
    """
    step, left = cv2.dilate if stroke > 0 else _thin, abs(stroke)
    while left > 0:
        share = min(left, 1.0)
        glyph = cv2.addWeighted(step(glyph, _NEIGHBOURS), share, glyph, 1 - share, 0)
        left -= share
    return cv2.convertScaleAbs(glyph, alpha=1.0 + min(-stroke, 1.0)) if stroke < 0 else glyph


def _thin(glyph: Pixels, neighbours: Pixels) -> Pixels:
    """An erosion that leaves strokes that are too thin for it: what is not near its result."""
    eroded = cv2.erode(glyph, neighbours)
    return cv2.max(eroded, cv2.subtract(glyph, cv2.dilate(eroded, AROUND)))
