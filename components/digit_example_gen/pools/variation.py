"""Variation of a digit as a hand varies it: width, slant, thickness, and a smooth bend.

The bend is the elastic deformation of P. Simard, D. Steinkraus, J. Platt, "Best Practices for
Convolutional Neural Networks Applied to Visual Document Analysis", ICDAR 2003.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.options import GLYPH_SIZE

FINE = 4
"""Pixels of an outline to one of the glyph."""
DIGIT_SIZE = 20
"""The longer side of a digit in pixels of the glyph, as MNIST's."""

_WIDTH, _LEAN = (0.75, 1.2), (-0.2, 0.2)
"""Ends of the stretch across, and of the tangent of the slant."""
_BEND, _BEND_KNOTS = 0.7, 4
"""Standard deviation in pixels of the glyph, at the knots of a square grid."""
_THICK = 3.0
"""Strokes that are thinner are thickened by anything up to this, in pixels of the glyph."""

Floats = NDArray[np.float64]


class Outline(NamedTuple):
    """The shape of a digit.

    Attributes:
        depth: float32 [112, 112], how deep in the ink each pixel is, below 0 outside; in pixels
            of the outline.
        hull: float64 [n, 2], (x, y) of the convex hull of the ink from the centre.
        thickness: of the strokes, in pixels of the outline.
        size: what its longer side becomes in pixels of the glyph.
    """

    depth: NDArray[np.float32]
    hull: Floats
    thickness: float
    size: float = DIGIT_SIZE


class _Hand(NamedTuple):
    """How outlines are varied, float64 [n] each; lengths in pixels of the glyph."""

    thicker: Floats
    width: Floats
    lean: Floats


def vary(outlines: Sequence[Outline], random: np.random.Generator) -> NDArray[np.uint8]:
    """One variant of each outline: uint8 [n, 28, 28], 0 is paper and 255 is ink."""
    count = len(outlines)
    thickness = np.array([outline.thickness for outline in outlines]) / FINE
    hand = _Hand(
        thicker=random.random(count) * np.maximum(_THICK - thickness, 0.0) / 2,
        width=random.uniform(*_WIDTH, count),
        lean=random.uniform(*_LEAN, count),
    )
    scale, middle_x, middle_y = _fit(outlines, hand)
    bend_x, bend_y = _bends(count, random)
    places = np.arange(GLYPH_SIZE) - (GLYPH_SIZE - 1) / 2
    x, y = places + middle_x + bend_x, places[:, None] + middle_y + bend_y
    centre = (GLYPH_SIZE * FINE - 1) / 2
    from_x = (x + _each(hand.lean) * y) / (_each(hand.width) * scale) + centre
    depth = _sample(outlines, from_x, y / scale + centre)
    # A pixel is covered as far as the edge of the ink has come into it.
    ink = np.clip(depth * scale + _each(hand.thicker) + 0.5, 0.0, 1.0)
    return np.rint(ink * 255).astype(np.uint8)


def _fit(outlines: Sequence[Outline], hand: _Hand) -> tuple[Floats, Floats, Floats]:
    """What brings each to size, and x and y of its middle then, float64 [n, 1, 1] each."""
    ends = np.empty((2, 2, len(outlines)))
    for row, outline in enumerate(outlines):
        x, y = outline.hull.T
        leaning = np.stack([hand.width[row] * x - hand.lean[row] * y, y])
        ends[..., row] = leaning.min(axis=1), leaning.max(axis=1)
    # Of the largest digit, thickened, `DIGIT_SIZE` is left; a dot shrinks in proportion.
    share = np.array([outline.size for outline in outlines]) / DIGIT_SIZE
    scale = share * (DIGIT_SIZE - 2 * hand.thicker) / (ends[1] - ends[0]).max(axis=0)
    x, y = scale * ends.mean(axis=0)
    return _each(scale), _each(x), _each(y)


def _bends(count: int, random: np.random.Generator) -> Floats:
    """Smooth fields, float64 [2, count, 28, 28] for x and y, in pixels of the glyph."""
    knots = random.normal(0.0, _BEND, (_BEND_KNOTS, _BEND_KNOTS, 2 * count))
    fields = cv2.resize(knots, (GLYPH_SIZE, GLYPH_SIZE), interpolation=cv2.INTER_CUBIC)
    return np.moveaxis(fields, -1, 0).reshape(2, count, GLYPH_SIZE, GLYPH_SIZE)


def _sample(outlines: Sequence[Outline], x: Floats, y: Floats) -> NDArray[np.float32]:
    """The depth of each outline at places x and y, [n, 28, 28] each."""
    x, y = x.astype(np.float32), y.astype(np.float32)
    edge = cv2.BORDER_REPLICATE
    return np.stack(
        [
            cv2.remap(outline.depth, x[row], y[row], cv2.INTER_LINEAR, borderMode=edge)
            for row, outline in enumerate(outlines)
        ]
    )


def _each(values: Floats) -> Floats:
    return values[:, None, None]
