"""Scenes: what chance decides of each picture.

They are drawn many at a time, since NumPy's overhead on ten numbers would cost as much as drawing
a picture. Each option draws from a stream of its own, so that a further one changes no other.
"""

import itertools
import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.options import GLYPH_SIZE, DataOptions
from components.digit_example_gen.others import Other, draw_others
from components.digit_example_gen.streams import Streams

SUBPIXEL_BITS = 4
"""Binary places of the coordinates of stray strokes, as OpenCV's `shift`."""
GRAIN_MEAN, GRAIN_DEVIATION = 128.0, 36.0
"""Of a grain: bytes with a Gaussian distribution, cut off at 3.5 deviations."""
PIECE = 8
"""Height and width in pixels of a piece of a glyph (V. Mnih et al., NeurIPS 2014)."""

_STROKE_LENGTH, _STROKE_GREY = (4.0, 14.0), (80.0, 255.0)
POSE = ("scale", "rotation", "slant", "stroke", "elastic")
_RANGES = ("contrast", "background", "colour", "noise", "shading", "blur", "compression")
"""Options that are drawn from uniformly, and are attributes of a scene by the same name; those of a
pose are of one glyph, the others of the picture."""
_GRAIN_STARTS = 2**16
_BENDS = 4
"""Places along each side of a glyph that are moved; what lies between is bent smoothly."""
_SHADES = 5
"""Places along each side of the shading whose grey is drawn; between them it is smooth."""
_RULE_SPACING, _RULE_TILT, _RULE_GREY = (8.0, 30.0), (-0.05, 0.05), (40.0, 150.0)

Floats = NDArray[np.float64]
Stroke = list[int]
"""(x, y) of the start, (x, y) of the end, in 1/16 pixel, and the grey, 0 to 255."""


class Piece(NamedTuple):
    """A square cut out of a glyph.

    Attributes:
        glyph: which of the pool, as a fraction of its size.
        left, top: where it is cut out of the glyph.
        x, y: where its left upper corner goes on the canvas.
    """

    glyph: float
    left: int
    top: int
    x: int
    y: int


class Scene(NamedTuple):
    """One scene; what `vocabulary.facts` names are attributes of it.

    Attributes:
        x, y: where the glyph is put, as fractions of the room that it has.
        scale: size of the glyph, 1 = 28 pixels.
        rotation: degrees, counter-clockwise.
        slant: degrees that upright strokes lean right.
        stroke: how much thicker strokes are on each side, in pixels of the glyph.
        contrast: ink minus background, of white.
        background: grey of the paper, of white.
        colour: saturation, 0 to 1; 0 is grey.
        hue: of the glyph, in [0, 1); of a strip, see `strip.Pose`.
        hues: of the paper, and of what is on it besides.
        elastic: standard deviation of what the glyph is bent by, in its pixels.
        noise: standard deviation, of white.
        shading: how much lighter one part is than another, of white.
        blur: standard deviation of a Gaussian, in pixels of the canvas.
        compression: 100 minus the quality of a JPEG; 0 is PNG.
        grain: where in the grain the noise of this picture starts.
        shade: (x, y) where in the shading that of this picture starts, in [0, 1) of the room.
        bend: what places of the glyph are moved by, [2, 4, 4], x and y, in its pixels.
        turn: slants, scales and turns about the centre: the 2x2 part of an affine map row by row;
            x runs right, y down.
        strays: the stray strokes.
        rules: the lines of the paper, as strokes.
        other: what is there in the place of a digit; None where there is a digit.
        pieces: those of other digits.
        touching: how many neighbours of a strip touch; None where there is one digit. In a strip,
            what is of one glyph is the mean of all of them.
    """

    x: float
    y: float
    scale: float
    rotation: float
    slant: float
    stroke: float
    elastic: float
    contrast: float
    background: float
    colour: float
    hue: float
    hues: tuple[float, float]
    noise: float
    shading: float
    blur: float
    compression: float
    grain: int
    shade: tuple[float, float]
    bend: list[list[list[float]]]
    turn: tuple[float, float, float, float]
    strays: list[Stroke]
    rules: list[Stroke]
    other: Other | None
    pieces: list[Piece]
    touching: int | None = None

    @property
    def clutter(self) -> int:
        """How many stray strokes there are."""
        return len(self.strays)

    @property
    def ruled(self) -> int:
        """How many lines the paper has."""
        return len(self.rules)


class Textures(NamedTuple):
    """What pictures cut theirs from.

    Attributes:
        grain: noise, uint8 [n].
        shading: smooth light, 0 to 255, uint8 [twice the height, twice the width of the canvas].
    """

    grain: NDArray[np.uint8]
    shading: NDArray[np.uint8]


def draw_scenes(data: DataOptions, stream: Streams, count: int) -> Iterator[Scene]:
    """Draws scenes as the options say."""
    drawn = {
        name: _between(getattr(data.scene, name), stream(name).random(count)) for name in _RANGES
    }
    drawn |= {name: stream(name).random(count) for name in ("x", "y")}
    drawn["background"] = np.minimum(drawn["background"], 1.0 - drawn["contrast"])
    columns = draw_poses(data, stream, count)
    columns |= {name: column.tolist() for name, column in drawn.items()}
    columns["hues"] = map(tuple, stream("hues").random((count, 2)).tolist())
    columns["grain"] = stream("grain").integers(_GRAIN_STARTS, size=count).tolist()
    columns["shade"] = map(tuple, stream("shade").random((count, 2)).tolist())
    columns["strays"] = _draw_strays(data, stream("clutter"), count)
    columns["rules"] = _draw_rules(data, stream("ruled"), count)
    columns["other"] = draw_others(data.scene.empty, stream("empty"), count)
    columns["pieces"] = _draw_pieces(data, stream("pieces"), count)
    columns["touching"] = itertools.repeat(None)
    return map(Scene, *(columns[name] for name in Scene._fields))


def draw_poses(data: DataOptions, stream: Streams, count: int) -> dict[str, Iterable[Any]]:
    """What is of one glyph each, by its attribute of a scene."""
    drawn = {name: _between(getattr(data.scene, name), stream(name).random(count)) for name in POSE}
    columns: dict[str, Iterable[Any]] = {name: column.tolist() for name, column in drawn.items()}
    columns["hue"] = stream("hue").random(count).tolist()
    turns = _turns(drawn["scale"], drawn["rotation"], drawn["slant"])
    columns["turn"] = zip(*turns, strict=True)
    bends = stream("bend").standard_normal((count, 2, _BENDS, _BENDS))
    columns["bend"] = (bends * drawn["elastic"].reshape(-1, 1, 1, 1)).tolist()
    return columns


def draw_textures(data: DataOptions, stream: Streams) -> Textures:
    """Draws what pictures cut theirs from.

    Exact noise for each picture would take longer than all else that is drawn; a template that is
    cut at random places is also how video codecs restore film grain (AV1).
    """
    pixels = data.canvas.height * data.canvas.width
    normal = stream("grain strip").standard_normal(pixels + _GRAIN_STARTS, np.float32)
    grain = np.clip(np.rint(normal * GRAIN_DEVIATION + GRAIN_MEAN), 0, 255).astype(np.uint8)
    greys = stream("shading field").random((_SHADES, _SHADES))
    size = (2 * data.canvas.width, 2 * data.canvas.height)
    smooth = cv2.resize(greys, size, interpolation=cv2.INTER_CUBIC)
    return Textures(grain, cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX, cv2.CV_8U))


def _between(ends: tuple[float, float], fractions: Floats) -> Floats:
    return ends[0] + (ends[1] - ends[0]) * fractions


def _turns(scale: Floats, rotation: Floats, slant: Floats) -> list[list[float]]:
    angle, lean = np.radians(rotation), np.tan(np.radians(slant))
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    parts = (cosine, sine - cosine * lean, -sine, cosine + sine * lean)
    return [part.tolist() for part in parts]


def _draw_strays(data: DataOptions, random: np.random.Generator, count: int) -> list[list[Stroke]]:
    """Short straight strokes, fainter than ink or as dark, anywhere on the canvas."""
    fewest, most = data.scene.clutter
    numbers = random.integers(fewest, most, count, endpoint=True)
    x, y, angle, length, grey = np.moveaxis(random.random((count, most, 5)), -1, 0)
    x, y, angle = x * data.canvas.width, y * data.canvas.height, angle * 2 * math.pi
    length = _between(_STROKE_LENGTH, length)
    ends = (x, y, x + length * np.cos(angle), y + length * np.sin(angle))
    places = [end * 2**SUBPIXEL_BITS for end in ends]
    strokes = np.rint(np.stack([*places, _between(_STROKE_GREY, grey)], axis=-1)).astype(int)
    return [some[:number] for some, number in zip(strokes.tolist(), numbers.tolist(), strict=True)]


def _draw_rules(
    data: DataOptions, random: np.random.Generator, count: int
) -> Iterator[list[Stroke]]:
    """Lines across ruled or squared paper, fainter than ink."""
    chosen = random.random(count) < data.scene.ruled
    for ruled, numbers in zip(chosen.tolist(), random.random((count, 5)).tolist(), strict=True):
        yield _rule(data, numbers) if ruled else []


def _rule(data: DataOptions, numbers: list[float]) -> list[Stroke]:
    spacing, tilt, grey = (
        low + (high - low) * number
        for (low, high), number in zip(
            (_RULE_SPACING, _RULE_TILT, _RULE_GREY), numbers[:3], strict=True
        )
    )
    height, width = data.canvas.height, data.canvas.width
    rows = _places(numbers[3], spacing, height)
    lines: list[tuple[float, ...]] = [(0.0, y, width, y + tilt * width) for y in rows]
    if numbers[4] < 0.5:  # squared
        across = _places(numbers[3], spacing, width)
        lines += [(x, 0.0, x - tilt * height, height) for x in across]
    unit = 2**SUBPIXEL_BITS
    return [[*(round(end * unit) for end in line), round(grey)] for line in lines]


def _places(first: float, spacing: float, room: int) -> list[float]:
    start = first * spacing
    return [start + spacing * n for n in range(math.ceil((room - start) / spacing))]


def _draw_pieces(data: DataOptions, random: np.random.Generator, count: int) -> list[list[Piece]]:
    """Squares of any glyphs, from anywhere in them to anywhere on the canvas."""
    fewest, most = data.scene.pieces
    numbers = random.integers(fewest, most, count, endpoint=True).tolist()
    ends = (GLYPH_SIZE, GLYPH_SIZE, data.canvas.width, data.canvas.height)
    places = [random.integers(end - PIECE, size=(count, most), endpoint=True) for end in ends]
    columns = [column.tolist() for column in (random.random((count, most)), *places)]
    rows = zip(*columns, strict=True)
    return [
        list(map(Piece, *(values[:number] for values in row)))
        for row, number in zip(rows, numbers, strict=True)
    ]
