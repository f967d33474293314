"""Finds all that is written on a strip: lines of fragments, and what may be one object.

Ink falls apart into fragments: parts that do not touch, and wide parts cut at the valleys of their
columns. Each short run of neighbouring fragments is a piece that may be one object. A model reads
all pieces in one batch, and `best` takes the row of pieces that it is surest of: so broken strokes
are joined, and touching objects split, by what they are read as (LeCun et al., Gradient-Based
Learning Applied to Document Recognition, 1998, section V, do it with one graph).

strip = find_strip(grey)              # uint8 [height, width], a photograph of any size
strip.lines[0].pieces[0].ink.canvas   # what the model is sent
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from serving.cuts import cuts_of
from serving.ink import Floats, Ink, Invert, Sheet, separate
from serving.lines import in_lines
from serving.parts import Part, Pixels, gap, part_of
from serving.shapes import CONFIDENCE, Shape, shape_of

# All lengths are shares of the size of what is written, `_size`.
_SPECK: Final = 0.2
"""Parts that are shorter are none."""
_SHADOW: Final = 0.8
"""A part that the border cuts off is none if it is longer than this share of the picture."""
_CRUMB: Final = 0.01
"""Fragments of fewer pixels, as a share of the squared size, are none by themselves."""
_NEAR: Final = 0.3
"""Parts that are nearer may be one object."""
_LONGEST: Final = 14
"""Fragments of one object."""
_WIDEST: Final = 1.4
"""Of one object."""
_HIGHEST: Final = 1.5
"""Of one object."""
_MOST: Final = 500
"""Fragments of a picture, some hundred digits; reading more would take a server too long."""
CROWDED: Final = "too much ink to tell what is written"
_SURE: Final = 1e-6
"""A confidence is at least this, so that its logarithm is a number."""


@dataclass(frozen=True)
class Piece:
    """A run of fragments of a line that may be one object."""

    start: int
    """Its first fragment."""
    end: int
    """The fragment after its last."""
    ink: Ink
    shape: Shape


@dataclass(frozen=True)
class Line:
    """Fragments from left to right, and all pieces that they may be."""

    fragments: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Strip:
    """What may be written on a picture, line by line from the top."""

    lines: tuple[Line, ...]
    doubts: tuple[str, ...] = ()


class _Fragment(NamedTuple):
    part: Part
    source: Part
    """What it was cut from."""
    cut: float
    """Ink that was cut through on its left, as a share of the size; 0: none."""


def find_strip(grey: NDArray[np.uint8], invert: Invert = "auto") -> Strip:
    """Finds the lines; the arguments are those of `serving.ink.find_ink`."""
    sheet = separate(grey, invert)
    parts = [part for part in sheet.parts if not _is_shadow(part, sheet.strength.shape)]
    if not parts:
        return Strip((), sheet.doubts)
    size = _size(parts)
    parts = [part for part in parts if part.long >= _SPECK * size]
    ink = np.logical_or.reduce([part.pixels for part in parts])
    lines: list[list[_Fragment]] = []
    for line in in_lines(parts, size):
        lines.append(list(itertools.islice(_cut(sheet, line, size), _MOST + 1)))
        if sum(map(len, lines)) > _MOST:
            return Strip((), (CROWDED,))
    return Strip(tuple(_line(sheet, line, size, ink) for line in lines))


def _is_shadow(part: Part, shape: tuple[int, ...]) -> bool:
    rows, columns = shape
    beside = part.x == 0 or part.right == columns
    above = part.y == 0 or part.bottom == rows
    return (beside and part.height >= _SHADOW * rows) or (
        (beside or above) and part.width >= _SHADOW * columns
    )


def _size(parts: Sequence[Part]) -> int:
    """Pixels: the height of the part to which half of the ink belongs that is in higher ones."""
    higher = sorted(parts, key=lambda part: -part.height)
    reached = np.cumsum([part.area for part in higher])
    return higher[int(np.searchsorted(reached, reached[-1] / 2))].height


def _cut(sheet: Sheet, parts: Sequence[Part], size: int) -> Iterator[_Fragment]:
    grey = np.clip((sheet.strength - sheet.paper) / sheet.reach, 0, 1)
    for part in parts:
        yield from _fragments(part, grey, size)


def _line(sheet: Sheet, fragments: Sequence[_Fragment], size: int, ink: Pixels) -> Line:
    pieces = []
    for start, end in itertools.combinations(range(len(fragments) + 1), 2):
        run = fragments[start:end]
        if len(run) <= _LONGEST and _may_be_one(run, size):
            part = _whole(run)
            drawn = sheet.ink(part, ink & ~part.pixels)
            assert drawn.canvas is not None
            shape = shape_of(part, drawn.canvas, size, cut=run[0].cut, borders=_borders(run))
            pieces.append(Piece(start, end, drawn, shape))
    return Line(len(fragments), tuple(pieces))


def _fragments(part: Part, grey: Floats, size: int) -> list[_Fragment]:
    """A part, cut at its valleys; a crumb stays with what is beside it."""
    fragments: list[_Fragment] = []
    done, through = np.zeros_like(part.pixels), 0.0
    for cut in cuts_of(part, grey, size):
        pixels = part.pixels & cut.left & ~done
        if pixels.sum() > _CRUMB * size**2:
            fragments.append(_Fragment(part_of(pixels), part, through))
            done, through = done | cut.left, cut.ink / size
    rest = part.pixels & ~done
    if rest.sum() > _CRUMB * size**2:
        fragments.append(_Fragment(part_of(rest), part, through))
    elif fragments and rest.any():
        last = fragments.pop()
        fragments.append(last._replace(part=part_of(last.part.pixels | rest)))
    return fragments


def _may_be_one(run: Sequence[_Fragment], size: int) -> bool:
    borders = _borders(run)
    if any(gap(one, other) > _NEAR * size for one, other in borders):
        return False
    part = _whole(run)
    return len(run) == 1 or (part.width <= _WIDEST * size and part.height <= _HIGHEST * size)


def _borders(run: Sequence[_Fragment]) -> list[tuple[Part, Part]]:
    """The parts on both sides of where a run goes on from one to the next."""
    pairs = itertools.pairwise(fragment.source for fragment in run)
    return [(one, other) for one, other in pairs if one is not other]


def _whole(run: Sequence[_Fragment]) -> Part:
    return part_of(np.logical_or.reduce([fragment.part.pixels for fragment in run]))


def best(line: Line, confidences: Sequence[float]) -> list[int]:
    """Which pieces of a line are its objects, from left to right: no fragment is left out.

    Args:
        line: of n pieces.
        confidences: of each piece, in [0, 1]: how sure a model is that it is one object.

    Returns:
        The row of pieces whose confidences speak for it most, less their costs.
    """
    scores = [0.0] + [-np.inf] * line.fragments
    rows: list[list[int]] = [[] for _ in scores]
    by_end = sorted(range(len(line.pieces)), key=lambda at: line.pieces[at].end)
    for at in by_end:
        piece = line.pieces[at]
        sure = CONFIDENCE * log(max(confidences[at], _SURE))
        score = scores[piece.start] + sure - piece.shape.cost
        if score > scores[piece.end]:
            scores[piece.end], rows[piece.end] = score, [*rows[piece.start], at]
    return rows[-1]
