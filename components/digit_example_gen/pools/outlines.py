"""Outlines of characters, from the files of fonts."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from components.digit_example_gen.options import GLYPH_SIZE
from components.digit_example_gen.pools.variation import DIGIT_SIZE, FINE, Outline

_POINTS = 100
_WEIGHTS = (400, 550, 700)
"""That are taken from a variable font."""
_WEIGHT_AXIS = b"Weight"
_SMALLEST = 3.0
"""Of a digit among others, in pixels of the glyph: of the dot of a light font nothing would be left
where it is scaled down."""


def faces(files: Iterable[Path]) -> Iterator[ImageFont.FreeTypeFont]:
    """The faces in the files of a font: one of each, or some weights of a variable one."""
    for path in files:
        if "[" not in path.name:
            yield ImageFont.truetype(str(path), _POINTS)
            continue
        for weight in _WEIGHTS:
            face = ImageFont.truetype(str(path), _POINTS)
            face.set_variation_by_axes(
                [
                    weight if axis["name"] == _WEIGHT_AXIS else axis["default"] or 0
                    for axis in face.get_variation_axes()
                ]
            )
            yield face


def has_characters(face: ImageFont.FreeTypeFont, characters: str) -> bool:
    """Whether a face draws each of some characters with ink, and none as another.

    A face draws a placeholder for characters that it lacks; some map them to nothing.
    """
    drawn = [face.getmask(character) for character in characters]
    return all(mask.getbbox() for mask in drawn) and len(set(map(bytes, drawn))) == len(drawn)


def outline(face: ImageFont.FreeTypeFont, character: str, *, among: str = "") -> Outline:
    """The outline of a character: `DIGIT_SIZE` large, or as large as it is among others.

    The largest of those is `DIGIT_SIZE` large then.
    """
    left, top, right, bottom = face.getbbox(character)
    large = Image.new("L", (round(right - left) + 4, round(bottom - top) + 4))
    ImageDraw.Draw(large).text((2 - left, 2 - top), character, 255, font=face)
    side = GLYPH_SIZE * FINE
    scale = DIGIT_SIZE * FINE / max(_longer_side(face, one) for one in among or character)
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
        size=max(np.ptp(points, axis=0).max().item() / FINE, _SMALLEST) if among else DIGIT_SIZE,
    )


def _longer_side(face: ImageFont.FreeTypeFont, character: str) -> float:
    left, top, right, bottom = face.getbbox(character)
    return max(right - left, bottom - top)
