"""Draws one picture: a glyph turned, scaled and placed on a canvas, with its exact box."""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.options import GLYPH_SIZE, DataOptions
from components.digit_example_gen.others import as_glyph
from components.digit_example_gen.scene import (
    GRAIN_DEVIATION,
    GRAIN_MEAN,
    PIECE,
    SUBPIXEL_BITS,
    Scene,
    Textures,
)

INK = 128
"""A pixel of 0 to 255 is ink from here on; the box is tight around the ink."""

_PATCH = (0, 0, GLYPH_SIZE, GLYPH_SIZE)
_HALF, _CENTRE = GLYPH_SIZE / 2, (GLYPH_SIZE - 1) / 2
_NEIGHBOURS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_AROUND = cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3))
_NO_PATCH = np.zeros((1, 1), np.uint8)
_GLYPH_Y, _GLYPH_X = np.mgrid[0:GLYPH_SIZE, 0:GLYPH_SIZE].astype(np.float32)

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]


class Picture(NamedTuple):
    """One drawn picture.

    Attributes:
        pixels: uint8 [height, width] or [height, width, 3].
        box: (xmin, ymin, xmax, ymax), edges in pixels; None where there is no digit.
        scene: what it shows.
        ink: uint8 [height, width], 255 where the glyph has ink and 0 elsewhere; None where it is
            not asked for.
    """

    pixels: Pixels
    box: Box | None
    scene: Scene
    ink: Pixels | None = None


def ink_box(pixels: Pixels) -> Box:
    """The box around all ink of uint8 [h, w]: (xmin, ymin, xmax, ymax), edges in pixels."""
    x, y, width, height = cv2.boundingRect((pixels >= INK).view(np.uint8))
    return x, y, x + width, y + height


def draw(
    glyph: Pixels, data: DataOptions, scene: Scene, textures: Textures, pool: Pixels
) -> Picture:
    """Draws a glyph (uint8 [28, 28], white ink on black), or what is there instead, into a scene.

    Pieces are cut from a pool of glyphs (uint8 [n, 28, 28]).

    Where a turned stroke thins out below the threshold of ink, the box follows what was drawn,
    not where the glyph's own box went.
    """
    if scene.other:
        glyph = as_glyph(scene.other)
    glyph = _bend(glyph, scene)
    patch, box, corner = _turned(_press(glyph, scene.stroke), data, scene)
    if box[0] == box[2]:
        # A thin glyph made thinner and smaller can lose all its ink; as it is, it keeps some.
        scene = scene._replace(stroke=0.0)
        patch, box, corner = _turned(glyph, data, scene)
    shape = (data.canvas.height, data.canvas.width)
    ink = _paste(patch, corner, _clutter(scene, pool, shape), shape)
    pixels = _light(_expose(_blur(ink, scene), scene, textures.grain), scene, textures.shading)
    if data.scene.paper == "light":
        pixels = cv2.bitwise_not(pixels)
    if data.canvas.channels == 3:
        pixels = cv2.merge([pixels] * 3)
    if scene.other:
        return Picture(pixels, None, scene, np.zeros(shape, np.uint8) if data.ink else None)
    mask = (_paste(patch, corner, None, shape) >= INK) * np.uint8(255) if data.ink else None
    return Picture(pixels, box, scene, mask)


def _bend(glyph: Pixels, scene: Scene) -> Pixels:
    """Bends strokes smoothly, as P. Simard et al. do.

    "Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis", 2003.
    """
    if scene.elastic == 0.0:
        return glyph
    across, down = (
        cv2.resize(np.array(part, np.float32), glyph.shape[::-1], interpolation=cv2.INTER_CUBIC)
        for part in scene.bend
    )
    return cv2.remap(glyph, _GLYPH_X + across, _GLYPH_Y + down, cv2.INTER_LINEAR)


def _press(glyph: Pixels, stroke: float) -> Pixels:
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
    return cv2.max(eroded, cv2.subtract(glyph, cv2.dilate(eroded, _AROUND)))


def _turned(glyph: Pixels, data: DataOptions, scene: Scene) -> tuple[Pixels, Box, tuple[int, int]]:
    """The part of the canvas with the glyph on it, the box on the canvas, and the part's corner."""
    if not glyph.any():
        return _NO_PATCH, (0, 0, 0, 0), (0, 0)
    (left, top, right, bottom), matrix = _place(glyph, data, scene)
    patch = cv2.warpAffine(glyph, matrix, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
    if data.extent == "patch":
        return patch, (left, top, right, bottom), (left, top)
    xmin, ymin, xmax, ymax = ink_box(patch)
    return patch, (left + xmin, top + ymin, left + xmax, top + ymax), (left, top)


def _clutter(scene: Scene, pool: Pixels, shape: tuple[int, int]) -> Pixels | None:
    """What is on the canvas besides the digit: lines, stray strokes, and pieces of glyphs."""
    if not (scene.rules or scene.strays or scene.pieces):
        return None
    ink = np.zeros(shape, np.uint8)
    for x, y, end_x, end_y, grey in (*scene.rules, *scene.strays):
        cv2.line(ink, (x, y), (end_x, end_y), grey, 1, cv2.LINE_AA, SUBPIXEL_BITS)
    for glyph, left, top, x, y in scene.pieces:
        here = ink[y : y + PIECE, x : x + PIECE]
        source = pool[int(glyph * len(pool))]
        cv2.max(here, source[top : top + PIECE, left : left + PIECE], dst=here)
    return ink


def _paste(
    patch: Pixels, corner: tuple[int, int], clutter: Pixels | None, shape: tuple[int, int]
) -> Pixels:
    """The ink on the canvas, clutter under the digit."""
    ink = np.zeros(shape, np.uint8) if clutter is None else clutter
    (left, top), (height, width) = corner, patch.shape
    here = ink[top : top + height, left : left + width]
    if clutter is None:
        here[:] = patch
    else:
        cv2.max(here, patch, dst=here)
    return ink


def _place(glyph: Pixels, data: DataOptions, scene: Scene) -> tuple[Box, NDArray[np.float64]]:
    """Puts what must be seen of the glyph fully on the canvas, somewhere in the room it has.

    The centre of the glyph falls where an unturned, unscaled glyph is copied pixel for pixel.
    Plain floats: NumPy's overhead on so few would cost as much as drawing the picture.

    Returns:
        The part of the canvas to draw on, as edges in pixels, and the 2x3 matrix that
        cv2.warpAffine draws it with.
    """
    left, top, right, bottom = _PATCH if data.extent == "patch" else ink_box(glyph)
    xx, xy, yx, yy = scene.turn
    u, v = (left + right) / 2 - _HALF, (top + bottom) / 2 - _HALF
    half_u, half_v = (right - left) / 2, (bottom - top) / 2
    across, half_across = xx * u + xy * v, abs(xx) * half_u + abs(xy) * half_v
    down, half_down = yx * u + yy * v, abs(yx) * half_u + abs(yy) * half_v
    fringe = 0 if data.extent == "patch" else 1
    width, height = data.canvas.width, data.canvas.height
    centre_x, xmin, xmax = _choose(
        across - half_across, across + half_across, width, scene.x, fringe
    )
    centre_y, ymin, ymax = _choose(down - half_down, down + half_down, height, scene.y, fringe)
    matrix = np.array(
        [
            [xx, xy, centre_x - xmin - (xx + xy) * _CENTRE],
            [yx, yy, centre_y - ymin - (yx + yy) * _CENTRE],
        ]
    )
    return (xmin, ymin, xmax, ymax), matrix


def _choose(
    low: float, high: float, room: int, fraction: float, fringe: int
) -> tuple[float, int, int]:
    """Where the centre goes along one axis, as a pixel index, and the edges of the pixels to draw.

    What must be seen runs from `low` to `high` about the centre. The fringe is for strokes' faint
    flanks, which are less than ink.
    """
    first = math.ceil(-1.0 - low)
    last = max(first, math.floor(room - 1.0 - high))
    centre = first + math.floor(fraction * (last - first + 1)) + 0.5
    low, high = math.floor(centre + low + 0.5), math.ceil(centre + high + 0.5)
    return centre, max(low - fringe, 0), min(high + fringe, room)


def _expose(ink: Pixels, scene: Scene, grain: Pixels) -> Pixels:
    """Turns amounts of ink into grey on paper of a given grey, with noise."""
    if scene.noise == 0.0:
        if scene.contrast == 1.0 and scene.background == 0.0:
            return ink
        return cv2.convertScaleAbs(ink, alpha=scene.contrast, beta=255 * scene.background)
    noise = grain[scene.grain : scene.grain + ink.size].reshape(ink.shape)
    strength = 255 * scene.noise / GRAIN_DEVIATION
    level = 255 * scene.background - strength * GRAIN_MEAN
    return cv2.addWeighted(ink, scene.contrast, noise, strength, level)


def _blur(ink: Pixels, scene: Scene) -> Pixels:
    """As a camera that is out of focus."""
    return cv2.GaussianBlur(ink, (0, 0), scene.blur) if scene.blur else ink


def _light(pixels: Pixels, scene: Scene, shading: Pixels) -> Pixels:
    """Uneven light: parts of the picture become lighter."""
    if scene.shading == 0.0:
        return pixels
    height, width = pixels.shape
    x, y = int(scene.shade[0] * width), int(scene.shade[1] * height)
    cut = shading[y : y + height, x : x + width]
    return cv2.addWeighted(pixels, 1.0, cut, scene.shading, 0)
