"""Draws one picture: a glyph turned, scaled and placed on a canvas, with its exact box.

The order of the random draws is part of the format: changing it changes every data set.
"""

import functools
import math
import statistics
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.options import GLYPH_SIZE, DataOptions

INK = 128
"""A pixel of 0 to 255 is ink from here on; the box is tight around the ink."""

_PATCH = (0, 0, GLYPH_SIZE, GLYPH_SIZE)
_HALF, _CENTRE = GLYPH_SIZE / 2, (GLYPH_SIZE - 1) / 2
_STROKE_LENGTH, _STROKE_GREY, _SUBPIXEL_BITS = (4.0, 14.0), (80.0, 255.0), 4
_NEIGHBOURS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_NOISE_LEVELS = 2000
_QUANTILES = np.array([statistics.NormalDist().inv_cdf((i + 0.5) / 256) for i in range(256)])

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]
Turn = tuple[float, float, float, float]
"""The 2x2 part of an affine map, row by row."""


class Picture(NamedTuple):
    """One drawn picture.

    Attributes:
        pixels: uint8 [height, width] or [height, width, 3].
        box: (xmin, ymin, xmax, ymax), edges in pixels.
        scale: size of the glyph, 1 = 28 pixels.
        rotation: degrees, counter-clockwise.
        contrast: ink minus background, of white.
        noise: standard deviation, of white.
        clutter: number of stray strokes.
    """

    pixels: Pixels
    box: Box
    scale: float
    rotation: float
    contrast: float
    noise: float
    clutter: int


def ink_box(pixels: Pixels) -> Box:
    """The box around all ink of uint8 [h, w]: (xmin, ymin, xmax, ymax), edges in pixels."""
    x, y, width, height = cv2.boundingRect((pixels >= INK).view(np.uint8))
    return x, y, x + width, y + height


def draw(glyph: Pixels, data: DataOptions, random: np.random.Generator) -> Picture:
    """Draws a glyph (uint8 [28, 28], white ink on black) as the options say.

    Where a turned stroke thins out below the threshold of ink, the box follows what was drawn,
    not where the glyph's own box went.
    """
    scene = data.scene
    x, y, scale, rotation, slant, stroke, *light, clutter = random.random(10).tolist()
    contrast, paper, noise = light
    scale, rotation = _between(scene.scale, scale), _between(scene.rotation, rotation)
    slant, stroke = _between(scene.slant, slant), _between(scene.stroke, stroke)
    contrast = _between(scene.contrast, contrast)
    noise = round(_between(scene.noise, noise) * _NOISE_LEVELS) / _NOISE_LEVELS
    paper = min(_between(scene.background, paper), 1.0 - contrast)
    strokes = scene.clutter[0] + int(clutter * (scene.clutter[1] - scene.clutter[0] + 1))

    turn = _turn(scale=scale, rotation=rotation, slant=slant)
    ink, box = _paste(_press(glyph, stroke), data, turn=turn, x=x, y=y)
    if box[0] == box[2]:
        # A thin glyph made thinner and smaller can lose all its ink; as it is, it keeps some.
        ink, box = _paste(glyph, data, turn=turn, x=x, y=y)
    if strokes:
        ink = cv2.max(ink, _clutter(strokes, ink.shape, random))
    pixels = _expose(ink, contrast=contrast, paper=paper)
    if noise:
        pixels = _add_noise(pixels, noise, random)
    if data.canvas.channels == 3:
        pixels = cv2.merge([pixels] * 3)
    return Picture(pixels, box, scale, rotation, contrast, noise, strokes)


def _between(ends: tuple[float, float], fraction: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * fraction


def _paste(
    glyph: Pixels, data: DataOptions, *, turn: Turn, x: float, y: float
) -> tuple[Pixels, Box]:
    """The ink on the canvas and its box, or that of the patch."""
    (left, top, right, bottom), matrix = _place(glyph, data, turn=turn, x=x, y=y)
    patch = cv2.warpAffine(glyph, matrix, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
    ink = np.zeros((data.canvas.height, data.canvas.width), np.uint8)
    ink[top:bottom, left:right] = patch
    if data.box == "patch":
        return ink, (left, top, right, bottom)
    xmin, ymin, xmax, ymax = ink_box(patch)
    return ink, (left + xmin, top + ymin, left + xmax, top + ymax)


def _press(glyph: Pixels, stroke: float) -> Pixels:
    """Makes strokes thicker (or, below 0, thinner) by up to a pixel on each side."""
    if stroke == 0:
        return glyph
    whole = cv2.dilate(glyph, _NEIGHBOURS) if stroke > 0 else cv2.erode(glyph, _NEIGHBOURS)
    return cv2.addWeighted(whole, abs(stroke), glyph, 1 - abs(stroke), 0)


def _turn(*, scale: float, rotation: float, slant: float) -> Turn:
    """Slants, scales and turns about the centre; x runs right, y down."""
    cosine = scale * math.cos(math.radians(rotation))
    sine = scale * math.sin(math.radians(rotation))
    lean = math.tan(math.radians(slant))
    return cosine, sine - cosine * lean, -sine, cosine + sine * lean


def _place(
    glyph: Pixels, data: DataOptions, *, turn: Turn, x: float, y: float
) -> tuple[Box, NDArray[np.float64]]:
    """Puts what must be seen of the glyph fully on the canvas, at a fraction (x, y) of the room.

    The centre of the glyph falls where an unturned, unscaled glyph is copied pixel for pixel.
    Plain floats: NumPy's overhead on so few would cost as much as drawing the picture.

    Returns:
        The part of the canvas to draw on, as edges in pixels, and the 2x3 matrix that
        cv2.warpAffine draws it with.
    """
    left, top, right, bottom = _PATCH if data.box == "patch" else ink_box(glyph)
    xx, xy, yx, yy = turn
    u, v = (left + right) / 2 - _HALF, (top + bottom) / 2 - _HALF
    half_u, half_v = (right - left) / 2, (bottom - top) / 2
    across, half_across = xx * u + xy * v, abs(xx) * half_u + abs(xy) * half_v
    down, half_down = yx * u + yy * v, abs(yx) * half_u + abs(yy) * half_v
    fringe = 0 if data.box == "patch" else 1
    width, height = data.canvas.width, data.canvas.height
    centre_x, xmin, xmax = _choose(across - half_across, across + half_across, width, x, fringe)
    centre_y, ymin, ymax = _choose(down - half_down, down + half_down, height, y, fringe)
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


def _clutter(strokes: int, shape: tuple[int, ...], random: np.random.Generator) -> Pixels:
    """Short straight strokes, fainter than ink or as dark, anywhere on the canvas."""
    canvas = np.zeros(shape, np.uint8)
    for x, y, angle, length, grey in random.random((strokes, 5)).tolist():
        length, angle = _between(_STROKE_LENGTH, length), angle * 2 * math.pi
        start = x * shape[1], y * shape[0]
        end = start[0] + length * math.cos(angle), start[1] + length * math.sin(angle)
        ends = [[round(value * 2**_SUBPIXEL_BITS) for value in point] for point in (start, end)]
        colour = round(_between(_STROKE_GREY, grey))
        cv2.line(canvas, ends[0], ends[1], colour, 1, cv2.LINE_AA, _SUBPIXEL_BITS)
    return canvas


def _expose(ink: Pixels, *, contrast: float, paper: float) -> Pixels:
    """Turns amounts of ink into grey on paper of a given grey."""
    if contrast == 1.0 and paper == 0.0:
        return ink
    return cv2.convertScaleAbs(ink, alpha=contrast, beta=255 * paper)


def _add_noise(pixels: Pixels, noise: float, random: np.random.Generator) -> Pixels:
    """Adds Gaussian noise, drawn from its 256 quantiles: a fifth of the cost of exact draws."""
    words = random.bit_generator.random_raw(-(-pixels.size // 8))
    which = words.view(np.uint8)[: pixels.size].reshape(pixels.shape)
    return cv2.add(pixels, cv2.LUT(which, _grain(noise)), dtype=cv2.CV_8U)


@functools.lru_cache(maxsize=_NOISE_LEVELS)
def _grain(noise: float) -> NDArray[np.int8]:
    """The quantiles of noise in steps of grey, int8 [256]; 127 is enough for three deviations."""
    return np.rint(255 * noise * _QUANTILES).astype(np.int8)
