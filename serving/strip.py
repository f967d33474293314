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

from serving.ink import Floats, Ink, Invert, Sheet, separate
from serving.parts import Part, Pixels, gap, part_of

# All lengths are shares of the size of what is written, `_size`.
_SPECK: Final = 0.2
"""Parts that are shorter are none."""
_HIGH: Final = 0.45
"""Parts that are lower make no line."""
_SHADOW: Final = 0.8
"""A part that the border cuts off is none if it is longer than this share of the picture."""
_NARROW: Final = 0.5
"""Parts that are narrower are not cut."""
_RIM: Final = 0.12
"""How far a cut is from the edges of a part, and from the next cut."""
_CUTS: Final = 4
"""Of a part that is as wide as high: cuts that are tried, the thinnest ones."""
_ASIDE: Final = 0.1
"""What a step aside costs a cut, in pixels of ink."""
_CRUMB: Final = 0.01
"""Fragments of fewer pixels, as a share of the squared size, are none."""
_NEAR: Final = 0.15
"""Parts that are nearer may be one object."""
_LONGEST: Final = 6
"""Fragments of one object."""
_WIDEST: Final = 1.4
"""Of one object."""
_HIGHEST: Final = 1.5
"""Of one object."""
# Costs are in nats, as the logarithms of confidences are; tuned on MNIST's training digits.
_CUT: Final = 1.0
"""Of a cut,"""
_THICK: Final = 5.0
"""and for the ink that it goes through."""
_WIDE: Final = 4.0
"""For each height by which a piece is wider than `_AS_WIDE` heights."""
_AS_WIDE: Final = 0.8
_SHORT: Final = 10.0
"""For what a piece lacks to `_AS_LONG`."""
_AS_LONG: Final = 0.6
_JOINED: Final = 4.0
"""Of parts as one, for what the shorter is longer than `_LOOSE`, a loose stroke."""
_LOOSE: Final = 0.4
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
    cost: float
    """What speaks against it by its shape alone, in nats."""


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
    return Strip(tuple(_line(sheet, line, size, ink) for line in in_lines(parts, size)))


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


def in_lines(parts: Sequence[Part], size: int) -> list[list[Part]]:
    """Parts in reading order: lines from the top, and in each from the left.

    A high part is in the line whose end it is beside: a line may rise or fall. A low one, such as
    the loose stroke above a 5, is in that of the part that it is nearest to.
    """
    high = [part for part in parts if part.height >= _HIGH * size] or list(parts)
    lines: list[list[Part]] = []
    for part in sorted(high, key=_column):
        beside = [line for line in lines if _is_beside(line[-1], part)]
        max(beside, key=lambda line: line[-1].right).append(part) if beside else lines.append(
            [part]
        )
    of_high = [list(line) for line in lines]
    for part in parts:
        if part not in high:
            nearest = min(range(len(lines)), key=lambda at: _distance(of_high[at], part))
            lines[nearest].append(part)
    return sorted((sorted(line, key=_column) for line in lines), key=_row)


def _column(part: Part) -> float:
    return part.x + part.width / 2


def _row(line: Sequence[Part]) -> float:
    return float(np.mean([part.y + part.height / 2 for part in line]))


def _is_beside(one: Part, other: Part) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.y, other.y)
    return shared > 0.3 * min(one.height, other.height)


def _distance(line: Sequence[Part], part: Part) -> int:
    return min(gap(one, part) for one in line)


def _line(sheet: Sheet, parts: Sequence[Part], size: int, ink: Pixels) -> Line:
    fragments = [fragment for part in parts for fragment in _fragments(part, size)]
    pieces = []
    for start, end in itertools.combinations(range(len(fragments) + 1), 2):
        run = fragments[start:end]
        if len(run) <= _LONGEST and _may_be_one(run, size):
            part = _whole(run)
            drawn = sheet.ink(part, ink & ~part.pixels)
            pieces.append(Piece(start, end, drawn, _cost(run, part, size)))
    return Line(len(fragments), tuple(pieces))


def _fragments(part: Part, size: int) -> Iterator[_Fragment]:
    """A part, cut at its valleys."""
    cuts = _cuts(part, size)
    edges = [np.zeros_like(part.pixels), *(cut.left for cut in cuts), np.ones_like(part.pixels)]
    through = [0.0, *(cut.ink / size for cut in cuts)]
    first = True
    for (low, high), cut in zip(itertools.pairwise(edges), through, strict=True):
        pixels = part.pixels & high & ~low
        if pixels.sum() > _CRUMB * size**2:
            yield _Fragment(part_of(pixels), part, 0.0 if first else cut)
            first = False


class _Cut(NamedTuple):
    at: int
    """Its column in the middle row of the part."""
    ink: float
    """Pixels that it goes through."""
    left: Pixels
    """bool [height, width] of the picture: what is left of it."""


def _cuts(part: Part, size: int) -> list[_Cut]:
    """The thinnest places of a part, from left to right, none close to another."""
    if part.width < _NARROW * size:
        return []
    seams = _Seams(part)
    rim = max(1, round(_RIM * size))
    places = np.arange(part.width)
    free = (places >= rim) & (places < part.width - rim)
    cuts: list[_Cut] = []
    for _ in range(max(1, round(_CUTS * part.width / size))):
        if not free.any():
            break
        at = _thinnest(seams.ink, free)
        cuts.append(_Cut(at, float(seams.ink[at]), seams.left_of(at)))
        free &= abs(places - at) >= rim
    return sorted(cuts, key=lambda cut: cut.at)


class _Seams:
    """For each column, the way down through a part that crosses it half-way and least ink.

    It goes at most one column aside in each row (Avidan and Shamir, Seam Carving for Content-Aware
    Image Resizing, 2007).
    """

    def __init__(self, part: Part):
        self._part = part
        ink = part.pixels[part.y : part.bottom, part.x : part.right].astype(np.float64)
        self._middle = part.height // 2
        above, self._above = _ways(ink[: self._middle + 1])
        below, self._below = _ways(ink[self._middle :][::-1])
        self.ink = above + below - ink[self._middle]
        """float64 [width]: pixels of ink on each way."""

    def left_of(self, column: int) -> Pixels:
        """What is left of the way through a column: bool [height, width] of the picture."""
        part, left = self._part, np.zeros_like(self._part.pixels)
        for moves, row, step in (
            (self._above, part.y + self._middle, -1),
            (self._below, part.y + self._middle, 1),
        ):
            at = column
            left[row, : part.x + at] = True
            for move in moves[::-1]:
                at += move[at]
                row += step
                left[row, : part.x + at] = True
        return left


def _ways(ink: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The least ink on ways from the first row to the last, and the last steps of each back.

    Returns:
        float64 [width]: the ink on the way to each column of the last row; int64 [height - 1,
        width]: for each row but the first, where a way came from: -1, 0 or 1 column aside.
    """
    total, moves = ink[0], []
    for row in ink[1:]:
        aside = np.pad(total + _ASIDE, 1, constant_values=np.inf)
        came = np.array([total, aside[:-2], aside[2:]])
        choice = came.argmin(axis=0)
        moves.append(np.array([0, -1, 1])[choice])
        total = row + came.min(axis=0)
    return total, np.array(moves, np.int64).reshape(len(moves), ink.shape[1])


def _thinnest(thin: Floats, free: Pixels) -> int:
    """The middle of the first run of the thinnest columns."""
    lowest = np.flatnonzero(free & (thin <= thin[free].min() + 0.5))
    run = lowest[: 1 + int(np.argmax(np.append(np.diff(lowest), 2) > 1))]
    return int(run[len(run) // 2])


def _may_be_one(run: Sequence[_Fragment], size: int) -> bool:
    borders = _borders(run)
    if any(gap(one, other) > _NEAR * size for one, other in borders):
        return False
    part = _whole(run)
    return not borders or (part.width <= _WIDEST * size and part.height <= _HIGHEST * size)


def _borders(run: Sequence[_Fragment]) -> list[tuple[Part, Part]]:
    """The parts on both sides of where a run goes on from one to the next."""
    pairs = itertools.pairwise(fragment.source for fragment in run)
    return [(one, other) for one, other in pairs if one is not other]


def _whole(run: Sequence[_Fragment]) -> Part:
    return part_of(np.logical_or.reduce([fragment.part.pixels for fragment in run]))


def _cost(run: Sequence[_Fragment], part: Part, size: int) -> float:
    cut = run[0].cut
    cost = _CUT + _THICK * cut if cut else 0.0
    cost += _WIDE * max(0.0, part.width / max(part.height, 0.7 * size) - _AS_WIDE)
    cost += _SHORT * max(0.0, _AS_LONG - part.long / size)
    for one, other in _borders(run):
        cost += _JOINED * max(0.0, min(one.long, other.long) / size - _LOOSE)
    return cost


def best(line: Line, confidences: Sequence[float]) -> list[int]:
    """Which pieces of a line are its objects, from left to right: no fragment is left out.

    Args:
        line: of n pieces.
        confidences: of each piece, in [0, 1]: how sure a model is that it is one object.

    Returns:
        The row of pieces whose product of confidences, less their costs, is the highest.
    """
    scores = [0.0] + [-np.inf] * line.fragments
    rows: list[list[int]] = [[] for _ in scores]
    by_end = sorted(range(len(line.pieces)), key=lambda at: line.pieces[at].end)
    for at in by_end:
        piece = line.pieces[at]
        score = scores[piece.start] + log(max(confidences[at], _SURE)) - piece.cost
        if score > scores[piece.end]:
            scores[piece.end], rows[piece.end] = score, [*rows[piece.start], at]
    return rows[-1]
