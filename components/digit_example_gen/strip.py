"""Strips: what chance decides of digits side by side, and where each of them goes."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from components.digit_example_gen.options import GLYPH_SIZE, DataOptions
from components.digit_example_gen.scene import draw_poses
from components.digit_example_gen.shape import Bend, Pixels, bend, press
from components.digit_example_gen.streams import Streams
from vocabulary.ink import ink_box

_CENTRE = (GLYPH_SIZE - 1) / 2
_MOST_HIDDEN = 1 / 3
"""Of the narrower of two neighbours: a thin 1 that is hidden behind another digit is no digit."""


class Pose(NamedTuple):
    """How one digit of a strip is drawn; attributes as of `scene.Scene`."""

    scale: float
    rotation: float
    slant: float
    stroke: float
    elastic: float
    bend: Bend
    turn: tuple[float, float, float, float]
    hue: float


class Line(NamedTuple):
    """The digits of a strip.

    Attributes:
        poses: one for each digit.
        gaps: pixels between the ink of neighbours, one for each but the last.
        lifts: pixels that each digit stands above the line.
    """

    poses: list[Pose]
    gaps: list[float]
    lifts: list[float]


class Placed(NamedTuple):
    """A digit as it is drawn (uint8 [h, w]), and where on the canvas its left upper corner goes."""

    pixels: Pixels
    left: int
    top: int


class _Shape(NamedTuple):
    """A digit as it is drawn, and pixels from the centre of its glyph.

    Attributes:
        pixels: uint8 [h, w].
        left, top: where these are.
        xmin, ymin, xmax, ymax: edges of the ink.
    """

    pixels: Pixels
    left: int
    top: int
    xmin: int
    ymin: int
    xmax: int
    ymax: int


def draw_lines(data: DataOptions, stream: Streams, count: int) -> Iterator[Line]:
    """Draws lines as the options say; each option of each digit has a stream of its own."""
    fewest, most = data.scene.digits
    numbers = stream("digits").integers(fewest, most, count, endpoint=True).tolist()
    gaps = stream("spacing").uniform(*(data.scene.spacing or (0.0, 0.0)), (count, most))
    lifts = stream("baseline").uniform(*data.scene.baseline, (count, most))
    digits = []
    for digit in range(most):
        columns = draw_poses(data, _of(digit, stream), count)
        digits.append(map(Pose, *(columns[name] for name in Pose._fields)))
    rows = zip(numbers, gaps.tolist(), lifts.tolist(), zip(*digits, strict=True), strict=True)
    for number, gap, lift, poses in rows:
        yield Line([*poses[:number]], gap[: number - 1], lift[:number])


def _of(digit: int, stream: Streams) -> Streams:
    return lambda name: stream(f"{name} {digit}")


def place(
    glyphs: Iterable[Pixels], data: DataOptions, line: Line, *, along: float, down: float
) -> list[Placed]:
    """Draws glyphs and finds the place of each, as many as the line has and the canvas holds.

    `along` and `down`, in [0, 1), are where they go of the room that they have.
    """
    shapes = [_shape(*pair) for pair in zip(glyphs, line.poses, strict=False)]
    if data.scene.spacing is None:
        columns = _in_cells(len(shapes), data.canvas.width, along)
    else:
        columns = _side_by_side(shapes, line.gaps, data.canvas.width, along)
    half = GLYPH_SIZE / 2 * max(pose.scale for pose in line.poses)
    centre = math.floor(half + down * (data.canvas.height - 2 * half + 1))
    placed = []
    for shape, x, lift in zip(shapes, columns, line.lifts, strict=False):
        y = min(centre - round(lift), data.canvas.height - shape.ymax)
        y = max(y, -shape.ymin)
        placed.append(Placed(shape.pixels, x + shape.left, y + shape.top))
    return placed


def _in_cells(count: int, width: int, along: float) -> list[int]:
    """Centres of neighbouring cells; the first may be any that leaves room for the rest."""
    first = math.floor(along * (width // GLYPH_SIZE - count + 1))
    return [GLYPH_SIZE * (first + cell) + GLYPH_SIZE // 2 for cell in range(count)]


def _side_by_side(
    shapes: Sequence[_Shape], gaps: Sequence[float], width: int, along: float
) -> list[int]:
    """Centres of as many glyphs as the width holds, with gaps between their ink."""
    widths = [shape.xmax - shape.xmin for shape in shapes]
    lefts, end = [0], widths[0]
    for before, here, gap in zip(widths, widths[1:], gaps, strict=False):
        left = end + max(round(gap), -int(min(before, here) * _MOST_HIDDEN))
        if left + here > width:
            break
        lefts.append(left)
        end = left + here
    start = math.floor(along * (max(width - end, 0) + 1))
    return [start + left - shape.xmin for left, shape in zip(lefts, shapes, strict=False)]


def _shape(glyph: Pixels, pose: Pose) -> _Shape:
    """Bends, presses and turns a glyph about its centre."""
    if pose.elastic:
        glyph = bend(glyph, pose.bend)
    pixels, half = _turned(press(glyph, pose.stroke), pose)
    if glyph.any() and not ink_box(pixels)[2]:
        # A thin glyph made thinner and smaller can lose all its ink; as it is, it keeps some.
        pixels, half = _turned(glyph, pose)
    xmin, ymin, xmax, ymax = ink_box(pixels)
    if xmin == xmax:
        return _Shape(pixels, -half, -half, 0, 0, 0, 0)
    return _Shape(pixels, -half, -half, xmin - half, ymin - half, xmax - half, ymax - half)


def _turned(glyph: Pixels, pose: Pose) -> tuple[Pixels, int]:
    """The glyph in the middle of a square that holds it whole, and half the side of that."""
    xx, xy, yx, yy = pose.turn
    reach = max(abs(xx) + abs(xy), abs(yx) + abs(yy)) * GLYPH_SIZE / 2
    half = math.ceil(reach - 1e-6)
    matrix = np.array(
        [
            [xx, xy, half - 0.5 - (xx + xy) * _CENTRE],
            [yx, yy, half - 0.5 - (yx + yy) * _CENTRE],
        ]
    )
    return cv2.warpAffine(glyph, matrix, (2 * half, 2 * half), flags=cv2.INTER_LINEAR), half
