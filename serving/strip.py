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

from serving.ink import Ink, Invert, Sheet, separate
from serving.parts import Part, Pixels, gap, part_of

# All lengths are shares of the size of what is written, `_size`.
_SPECK: Final = 0.2
"""Parts that are shorter are none."""
_SHADOW: Final = 0.8
"""A part that the border cuts off is none if it is longer than this share of the picture."""
_NARROW: Final = 0.5
"""Parts that are narrower are not cut."""
_RIM: Final = 0.12
"""How far a cut is from the edges of a part, and from the next cut."""
_CUTS: Final = 4
"""Of a part that is as wide as high: cuts that are tried, the thinnest ones."""
_SLOPES: Final = (-0.35, 0.0, 0.35)
"""Columns to the right, for each row down, of the cuts that are tried."""
_NEAR: Final = 0.15
"""Parts that are nearer may be one object."""
_LONGEST: Final = 6
"""Fragments of one object."""
_WIDEST: Final = 1.4
"""Of one object."""
_HIGHEST: Final = 1.5
"""Of one object."""
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
    return Strip(tuple(_line(sheet, line, size, ink) for line in in_lines(parts)))


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


def in_lines(parts: Sequence[Part]) -> list[list[Part]]:
    """Parts in reading order: lines from the top, and in each from the left.

    A part is in the line whose end it is beside: a line may rise or fall.
    """
    lines: list[list[Part]] = []
    for part in sorted(parts, key=lambda part: (2 * part.x + part.width, part.y)):
        beside = max(lines, key=lambda line: _shared(line, part), default=None)
        if beside is not None and _shared(beside, part) > 0:
            beside.append(part)
        else:
            lines.append([part])
    return sorted(lines, key=lambda line: np.mean([2 * part.y + part.height for part in line]))


def _shared(line: Sequence[Part], part: Part) -> float:
    """Rows that a part shares with the end of a line, if more than 0."""
    last = max(line[-3:], key=lambda one: one.height)
    return min(last.bottom, part.bottom) - max(last.y, part.y)


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
    for (low, high), cut in zip(itertools.pairwise(edges), through, strict=True):
        pixels = part.pixels & high & ~low
        if pixels.any():
            yield _Fragment(part_of(pixels), part, cut)


class _Cut(NamedTuple):
    at: float
    """Its column, in the middle of the part's rows."""
    ink: int
    """Pixels that it goes through."""
    left: Pixels
    """bool [height, width]: what is left of it."""


def _cuts(part: Part, size: int) -> list[_Cut]:
    """The thinnest places of a part, from left to right, none close to another."""
    if part.width < _NARROW * size:
        return []
    ys, xs = np.nonzero(part.pixels)
    rows, columns = np.indices(part.pixels.shape)
    middle = part.y + (part.height - 1) / 2
    profiles = []
    for slope in _SLOPES:
        at = np.rint(xs - slope * (ys - middle)).astype(int) - part.x
        within = (at >= 0) & (at < part.width)
        profiles.append(np.bincount(at[within], minlength=part.width))
    thin = np.min(profiles, axis=0)
    rim = max(1, round(_RIM * size))
    places = np.arange(part.width)
    free = (places >= rim) & (places < part.width - rim)
    cuts: list[_Cut] = []
    for _ in range(max(1, round(_CUTS * part.width / size))):
        if not free.any():
            break
        x = _thinnest(thin, free)
        slope = _SLOPES[int(np.argmin([profile[x] for profile in profiles]))]
        left = columns < part.x + x + slope * (rows - middle)
        cuts.append(_Cut(part.x + x, int(thin[x]), left))
        free &= abs(places - x) >= rim
    return sorted(cuts, key=lambda cut: cut.at)


def _thinnest(thin: NDArray[np.int64], free: Pixels) -> int:
    """The middle of the first run of the thinnest columns."""
    lowest = np.flatnonzero(free & (thin == thin[free].min()))
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


COST = {"cut": 1.0, "ink": 3.0, "wide": 4.0, "short": 6.0, "join": 4.0}


def _cost(run: Sequence[_Fragment], part: Part, size: int) -> float:
    cut = run[0].cut
    cost = COST["cut"] + COST["ink"] * cut if cut else 0.0
    cost += COST["wide"] * max(0.0, part.width / max(part.height, 0.7 * size) - 1.0)
    cost += COST["short"] * max(0.0, 0.5 - part.long / size)
    for one, other in _borders(run):
        cost += COST["join"] * max(0.0, min(one.long, other.long) / size - 0.4)
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
