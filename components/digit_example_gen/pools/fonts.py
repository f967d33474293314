"""Digits of handwriting fonts, one writer each.

A font has each digit once in each weight, so that each is varied as a hand would vary it. Variants
come from fixed seeds: they are part of the source, as MNIST's digits are.
"""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from components.digit_example_gen.glyphs import Glyphs, divide
from components.digit_example_gen.options import GLYPH_SIZE
from components.digit_example_gen.pools.variation import DIGIT_SIZE, FINE, Outline, vary
from components.digit_example_gen.streams import streams_of
from vocabulary.features import NUM_CLASSES
from vocabulary.handwriting import FONTS

VARIANTS = 40
"""Of each digit of each font, all its weights together."""

_POINTS = 100
_WEIGHTS = (400, 550, 700)
"""That are taken from a variable font."""


def load(*, splits: Sequence[str]) -> dict[str, Glyphs]:
    """The glyphs of each split, divided by font."""
    slugs = [font.__name__.removeprefix("fontpkg_") for font in FONTS]
    digits = np.array([f"{slug}/{digit}" for slug in slugs for digit in range(NUM_CLASSES)])
    of_font = NUM_CLASSES * VARIANTS
    glyphs = Glyphs(
        pictures=np.concatenate([variants for font in FONTS for variants in _draw(font)]),
        labels=np.tile(np.arange(NUM_CLASSES), len(FONTS)).repeat(VARIANTS),
        groups=np.arange(len(FONTS)).repeat(of_font),
        names=np.char.add("fonts/", digits).repeat(VARIANTS),
        forms=np.char.add("fonts/", slugs).repeat(of_font),
    )
    return divide(glyphs, splits=splits)


def _draw(font: ModuleType) -> Iterator[NDArray[np.uint8]]:
    """All variants of each digit."""
    weights, random = [*_weights(Path(font.ROOT))], streams_of(font.__name__)
    for digit in map(str, range(NUM_CLASSES)):
        outlines = itertools.cycle([_outline(weight, digit) for weight in weights])
        yield vary([*itertools.islice(outlines, VARIANTS)], random(digit))


def _weights(folder: Path) -> Iterator[ImageFont.FreeTypeFont]:
    for path in sorted((folder / "files").glob("*.ttf")):
        if "[wght]" not in path.name:
            yield ImageFont.truetype(str(path), _POINTS)
            continue
        for weight in _WEIGHTS:
            font = ImageFont.truetype(str(path), _POINTS)
            font.set_variation_by_axes([weight])
            yield font


def _outline(font: ImageFont.FreeTypeFont, digit: str) -> Outline:
    left, top, right, bottom = font.getbbox(digit)
    large = Image.new("L", (round(right - left) + 4, round(bottom - top) + 4))
    ImageDraw.Draw(large).text((2 - left, 2 - top), digit, 255, font=font)
    side, scale = GLYPH_SIZE * FINE, DIGIT_SIZE * FINE / max(right - left, bottom - top)
    across, down = ((side - 1) / 2 - scale * (length - 1) / 2 for length in large.size)
    matrix = np.array([[scale, 0, across], [0, scale, down]])
    ink = (cv2.warpAffine(np.asarray(large), matrix, (side, side)) >= 128).astype(np.uint8)
    inside, outside = (cv2.distanceTransform(of, cv2.DIST_L2, 5) for of in (ink, 1 - ink))
    points = np.argwhere(ink)[:, ::-1].astype(np.float32) - (side - 1) / 2
    return Outline(
        depth=inside - outside,
        hull=cv2.convexHull(points.astype(np.float32))[:, 0].astype(np.float64),
        # Across a straight stroke the depth rises to half the thickness: its mean is a quarter.
        thickness=4 * inside[ink > 0].mean().item(),
    )
