"""Scenes: what chance decides of each picture.

They are drawn many at a time, since NumPy's overhead on ten numbers would cost as much as drawing
a picture. Each option draws from a stream of its own, so that a further one changes no other.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.options import GLYPH_SIZE, DataOptions
from components.digit_example_gen.streams import Streams

SUBPIXEL_BITS = 4
"""Binary places of the coordinates of stray strokes, as OpenCV's `shift`."""
GRAIN_MEAN, GRAIN_DEVIATION = 128.0, 36.0
"""Of a grain: bytes with a Gaussian distribution, cut off at 3.5 deviations."""
PIECE = 8
"""Height and width in pixels of a piece of a glyph (V. Mnih et al., NeurIPS 2014)."""

_STROKE_LENGTH, _STROKE_GREY = (4.0, 14.0), (80.0, 255.0)
_RANGES = ("scale", "rotation", "slant", "stroke", "contrast", "background", "noise")
"""Options that are drawn from uniformly, and are attributes of a scene by the same name."""
_GRAIN_STARTS = 2**16

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
        noise: standard deviation, of white.
        grain: where in the grain the noise of this picture starts.
        turn: slants, scales and turns about the centre: the 2x2 part of an affine map row by row;
            x runs right, y down.
        strays: the stray strokes.
        pieces: those of other digits.
    """

    x: float
    y: float
    scale: float
    rotation: float
    slant: float
    stroke: float
    contrast: float
    background: float
    noise: float
    grain: int
    turn: tuple[float, float, float, float]
    strays: list[Stroke]
    pieces: list[Piece]

    @property
    def clutter(self) -> int:
        """How many stray strokes there are."""
        return len(self.strays)


def draw_scenes(data: DataOptions, stream: Streams, count: int) -> Iterator[Scene]:
    """Draws scenes as the options say."""
    drawn = {
        name: _between(getattr(data.scene, name), stream(name).random(count)) for name in _RANGES
    }
    drawn |= {name: stream(name).random(count) for name in ("x", "y")}
    drawn["background"] = np.minimum(drawn["background"], 1.0 - drawn["contrast"])
    columns: dict[str, Iterable[Any]] = {name: column.tolist() for name, column in drawn.items()}
    columns["grain"] = stream("grain").integers(_GRAIN_STARTS, size=count).tolist()
    turns = _turns(drawn["scale"], drawn["rotation"], drawn["slant"])
    columns["turn"] = zip(*turns, strict=True)
    columns["strays"] = _draw_strays(data, stream("clutter"), count)
    columns["pieces"] = _draw_pieces(data, stream("pieces"), count)
    return map(Scene, *(columns[name] for name in Scene._fields))


def draw_grain(data: DataOptions, stream: Streams) -> NDArray[np.uint8]:
    """Draws a strip of noise, uint8 [n], that pictures cut theirs from.

    Exact noise for each picture would take longer than all else that is drawn; a template that is
    cut at random places is also how video codecs restore film grain (AV1).
    """
    pixels = data.canvas.height * data.canvas.width
    normal = stream("grain strip").standard_normal(pixels + _GRAIN_STARTS, np.float32)
    return np.clip(np.rint(normal * GRAIN_DEVIATION + GRAIN_MEAN), 0, 255).astype(np.uint8)


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
