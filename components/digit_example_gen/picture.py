"""Draws one picture: glyphs turned, scaled and placed on a canvas, with their exact boxes."""

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.colour import Tint, coloured, tint
from components.digit_example_gen.options import GLYPH_SIZE, DataOptions
from components.digit_example_gen.others import as_glyph
from components.digit_example_gen.scene import (
    GRAIN_DEVIATION,
    GRAIN_MEAN,
    PIECE,
    POSE,
    SUBPIXEL_BITS,
    Scene,
    Textures,
)
from components.digit_example_gen.shape import AROUND, Box, Pixels, bend, press
from components.digit_example_gen.strip import Line, Placed, Pose, place
from vocabulary.ink import INK, ink_box

_PATCH = (0, 0, GLYPH_SIZE, GLYPH_SIZE)
_HALF, _CENTRE = GLYPH_SIZE / 2, (GLYPH_SIZE - 1) / 2
_NO_PATCH = np.zeros((1, 1), np.uint8)


class Picture(NamedTuple):
    """One drawn picture.

    Attributes:
        pixels: uint8 [height, width], or [height, width, 3] with blue first.
        boxes: (xmin, ymin, xmax, ymax) of each digit from the left, edges in pixels.
        scene: what it shows.
        ink: uint8 [height, width], 255 where a glyph has ink and 0 elsewhere; None where it is not
            asked for.
    """

    pixels: Pixels
    boxes: list[Box]
    scene: Scene
    ink: Pixels | None = None


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
    if scene.elastic:
        glyph = bend(glyph, scene.bend)
    patch, box, corner = _turned(press(glyph, scene.stroke), data, scene)
    if box[0] == box[2]:
        # A thin glyph made thinner and smaller can lose all its ink; as it is, it keeps some.
        scene = scene._replace(stroke=0.0)
        patch, box, corner = _turned(glyph, data, scene)
    shape = (data.canvas.height, data.canvas.width)
    clutter = _clutter(scene, pool, shape)
    tinted = None
    if scene.colour:
        tinted = _tint(scene, clutter, [(_paste(patch, corner, None, shape), scene.hue)], shape)
    ink = _paste(patch, corner, clutter, shape)
    pixels = _photograph(ink, data, scene, textures, tinted)
    if scene.other:
        return Picture(pixels, [], scene, np.zeros(shape, np.uint8) if data.ink else None)
    mask = _mask(_paste(patch, corner, None, shape)) if data.ink else None
    return Picture(pixels, [box], scene, mask)


def draw_strip(
    glyphs: Iterable[Pixels],
    data: DataOptions,
    scene: Scene,
    line: Line,
    textures: Textures,
    pool: Pixels,
) -> Picture:
    """As `draw`, with as many of the glyphs side by side as the line has and the canvas holds."""
    if scene.other:
        glyphs = [as_glyph(scene.other)]
    digits = place(glyphs, data, line, along=scene.x, down=scene.y)
    shape = (data.canvas.height, data.canvas.width)
    alone = [_pasted([digit], np.zeros(shape, np.uint8)) for digit in digits]
    clutter = _clutter(scene, pool, shape)
    tinted = None
    if scene.colour:
        hues = [pose.hue for pose in line.poses[: len(digits)]]
        tinted = _tint(scene, clutter, [*zip(alone, hues, strict=True)], shape)
    ink = _pasted(digits, np.zeros(shape, np.uint8) if clutter is None else clutter)
    pixels = _photograph(ink, data, scene, textures, tinted)
    scene = _with_means(scene, line.poses[: len(digits)])._replace(touching=_touching(alone))
    if scene.other:
        digits, alone = [], []
    mask = _mask(_pasted(digits, np.zeros(shape, np.uint8))) if data.ink else None
    return Picture(pixels, [ink_box(one) for one in alone], scene, mask)


def _with_means(scene: Scene, poses: Sequence[Pose]) -> Scene:
    """A scene that tells of all digits of a strip together."""
    means = np.mean([[getattr(pose, name) for name in POSE] for pose in poses], axis=0)
    scale, rotation, slant, stroke, elastic = means.tolist()
    return scene._replace(
        scale=scale, rotation=rotation, slant=slant, stroke=stroke, elastic=elastic
    )


def _touching(alone: Sequence[Pixels]) -> int:
    """How many neighbours have ink that overlaps, or lies side by side."""
    inks = [(pixels >= INK).view(np.uint8) for pixels in alone]
    return sum(
        bool((cv2.dilate(one, AROUND) & next_).any()) for one, next_ in itertools.pairwise(inks)
    )


def _pasted(digits: Sequence[Placed], onto: Pixels) -> Pixels:
    """Ink with digits over it; what is beyond the canvas is cut off."""
    for pixels, left, top in digits:
        x, y = max(left, 0), max(top, 0)
        here = onto[y : top + pixels.shape[0], x : left + pixels.shape[1]]
        seen = pixels[y - top :, x - left :][: here.shape[0], : here.shape[1]]
        cv2.max(here, seen, dst=here)
    return onto


def _mask(ink: Pixels) -> Pixels:
    return (ink >= INK) * np.uint8(255)


def _tint(
    scene: Scene,
    clutter: Pixels | None,
    digits: Sequence[tuple[Pixels, float]],
    shape: tuple[int, int],
) -> Tint:
    """Of the scene's paper, its clutter, and its digits, each as ink alone with its hue."""
    paper, around = scene.hues
    return _blur(tint(paper, [(clutter, around), *digits], scene.colour, shape), scene)


def _photograph(
    ink: Pixels, data: DataOptions, scene: Scene, textures: Textures, tinted: Tint | None
) -> Pixels:
    """Amounts of ink as a camera sees them on paper; in grey, where there is no tint."""
    pixels = _light(_expose(_blur(ink, scene), scene, textures.grain), scene, textures.shading)
    if data.scene.paper == "light":
        pixels = cv2.bitwise_not(pixels)
    if tinted is not None:
        return coloured(pixels, tinted)
    return cv2.merge([pixels] * 3) if data.canvas.channels == 3 else pixels


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


def _blur(ink: NDArray[Any], scene: Scene) -> NDArray[Any]:
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
