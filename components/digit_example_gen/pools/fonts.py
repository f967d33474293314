"""Digits of handwriting fonts, one writer each, varied as a hand varies.

A font has each digit once in each weight. Width, slant and thickness are drawn for each variant,
and it is bent by a smooth random field: P. Simard, D. Steinkraus, J. Platt, "Best Practices for
Convolutional Neural Networks Applied to Visual Document Analysis", ICDAR 2003. Variants come from
fixed seeds: they are part of the source, as MNIST's digits are.
"""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from components.digit_example_gen.glyphs import Glyphs, divide
from components.digit_example_gen.options import GLYPH_SIZE
from components.digit_example_gen.streams import streams_of
from vocabulary.features import NUM_CLASSES
from vocabulary.handwriting import FONTS

VARIANTS = 40
"""Of each digit of each font, all its weights together."""

_DIGIT_SIZE = 20
"""The longer side of a digit in pixels of the glyph, as MNIST's."""
_FINE = 4
"""Pixels of an outline to one of the glyph."""
_WIDTH, _LEAN, _BEND = (0.75, 1.2), (-0.2, 0.2), 0.7
"""Ends of the stretch across and of the slant's tangent; deviation of the bend, in pixels."""
_BEND_KNOTS = 4
_THICK = 3.0
"""Strokes that are thinner are thickened by anything up to this, in pixels of the glyph."""
_WEIGHTS = (400, 550, 700)
"""That are taken from a variable font."""

Floats = NDArray[np.float32]


class _Outline(NamedTuple):
    """A digit of a font.

    Attributes:
        depth: float32 [112, 112], how deep in the ink each pixel is, below 0 outside; in pixels
            of the outline.
        hull: float64 [n, 2], (x, y) of the convex hull of the ink from the centre.
        thickness: of the strokes, in pixels of the outline.
    """

    depth: Floats
    hull: NDArray[np.float64]
    thickness: float


def load(*, splits: Sequence[str]) -> dict[str, Glyphs]:
    """The glyphs of each split, divided by font."""
    pictures = np.concatenate([pictures for font in FONTS for pictures in _pictures(font)])
    slugs = [font.__name__.removeprefix("fontpkg_") for font in FONTS]
    of_font, of_digit = NUM_CLASSES * VARIANTS, np.arange(len(pictures)) // VARIANTS
    glyphs = Glyphs(
        pictures=pictures,
        labels=of_digit % NUM_CLASSES,
        groups=np.arange(len(pictures)) // of_font,
        names=np.array(
            [f"fonts/{slug}/{digit}" for slug in slugs for digit in range(NUM_CLASSES)]
        ).repeat(VARIANTS),
        forms=np.array([f"fonts/{slug}" for slug in slugs]).repeat(of_font),
    )
    return divide(glyphs, splits=splits)


def _pictures(font: ModuleType) -> Iterator[NDArray[np.uint8]]:
    """All variants of each digit."""
    weights, random = [*_weights(Path(font.ROOT))], streams_of(font.__name__)
    for digit in map(str, range(NUM_CLASSES)):
        outlines = itertools.cycle([_outline(weight, digit) for weight in weights])
        yield _vary([*itertools.islice(outlines, VARIANTS)], random(digit))


def _weights(folder: Path) -> Iterator[ImageFont.FreeTypeFont]:
    for path in sorted((folder / "files").glob("*.ttf")):
        if "[wght]" not in path.name:
            yield ImageFont.truetype(str(path), 100)
            continue
        for weight in _WEIGHTS:
            font = ImageFont.truetype(str(path), 100)
            font.set_variation_by_axes([weight])
            yield font


def _outline(font: ImageFont.FreeTypeFont, digit: str) -> _Outline:
    left, top, right, bottom = font.getbbox(digit)
    side = GLYPH_SIZE * _FINE
    large = Image.new("L", (round(right - left) + 4, round(bottom - top) + 4))
    ImageDraw.Draw(large).text((2 - left, 2 - top), digit, 255, font=font)
    scale = _DIGIT_SIZE * _FINE / max(right - left, bottom - top)
    across, down = ((side - 1) / 2 - scale * (length - 1) / 2 for length in large.size)
    matrix = np.array([[scale, 0, across], [0, scale, down]])
    ink = (cv2.warpAffine(np.asarray(large), matrix, (side, side)) >= 128).astype(np.uint8)
    inside, outside = (cv2.distanceTransform(of, cv2.DIST_L2, 5) for of in (ink, 1 - ink))
    points = np.argwhere(ink)[:, ::-1].astype(np.float32) - (side - 1) / 2
    return _Outline(
        depth=inside - outside,
        hull=cv2.convexHull(points.astype(np.float32))[:, 0].astype(np.float64),
        # Across a straight stroke the depth rises to half the thickness: its mean is a quarter.
        thickness=4 * inside[ink > 0].mean().item(),
    )


def _vary(outlines: Sequence[_Outline], random: np.random.Generator) -> NDArray[np.uint8]:
    """One variant of each outline: uint8 [n, 28, 28], 0 is paper and 255 is ink."""
    thickness = np.array([outline.thickness for outline in outlines]) / _FINE
    thicker = random.random(len(outlines)) * np.maximum(_THICK - thickness, 0.0) / 2
    width, lean = (random.uniform(*ends, len(outlines)) for ends in (_WIDTH, _LEAN))
    scale, middle = np.empty(len(outlines)), np.empty((len(outlines), 2))
    for row, outline in enumerate(outlines):
        x, y = outline.hull.T
        hull = np.stack([width[row] * x - lean[row] * y, y])
        low, high = hull.min(axis=1), hull.max(axis=1)
        scale[row] = (_DIGIT_SIZE - 2 * thicker[row]) / max(high - low)
        middle[row] = scale[row] * (low + high) / 2
    bend_x, bend_y = _bends(len(outlines), random)
    places = np.arange(GLYPH_SIZE) - (GLYPH_SIZE - 1) / 2
    each = (slice(None), None, None)
    x = places + middle[:, 0][each] + bend_x
    y = places[:, None] + middle[:, 1][each] + bend_y
    centre = (GLYPH_SIZE * _FINE - 1) / 2
    from_x = (x + lean[each] * y) / (width * scale)[each] + centre
    from_y = y / scale[each] + centre
    depth = np.stack(
        [
            cv2.remap(outline.depth, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            for outline, *at in zip(
                outlines, from_x.astype(np.float32), from_y.astype(np.float32), strict=True
            )
        ]
    )
    # A pixel is covered as far as the edge of the ink has come into it.
    ink = np.clip(depth * scale[each] + thicker[each] + 0.5, 0.0, 1.0)
    return np.rint(ink * 255).astype(np.uint8)


def _bends(count: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Smooth fields, float64 [2, count, 28, 28] for x and y, in pixels of the glyph."""
    knots = random.normal(0.0, _BEND, (_BEND_KNOTS, _BEND_KNOTS, 2 * count))
    fields = cv2.resize(knots, (GLYPH_SIZE, GLYPH_SIZE), interpolation=cv2.INTER_CUBIC)
    return np.moveaxis(fields, -1, 0).reshape(2, count, GLYPH_SIZE, GLYPH_SIZE)
