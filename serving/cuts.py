"""Where a part of ink may be cut in two: along the ways from top to bottom through least ink."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from serving.ink import Floats
from serving.parts import Part, Pixels

# Lengths are shares of the size of what is written, but for `_ASIDE`.
_NARROW: Final = 0.35
"""Parts that are narrower are not cut."""
_RIM: Final = 0.06
"""How far a cut is from the edges of a part, and from the next cut."""
_CUTS: Final = 12
"""Of a part that is as wide as high: cuts that are tried, the thinnest ones."""
_ASIDE: Final = 0.05
"""What a step aside costs a cut, in pixels of ink."""


class Cut(NamedTuple):
    """A way down through a part."""

    at: int
    """Its column in the middle row of the part."""
    ink: float
    """Pixels that it goes through."""
    left: Pixels
    """bool [height, width] of the picture: what is left of it."""


def cuts_of(part: Part, ink: Floats, size: int) -> list[Cut]:
    """The thinnest places of a part, from left to right, none close to another.

    `ink` says how much there is in each pixel of the picture, in [0, 1].
    """
    if part.width < _NARROW * size:
        return []
    seams = _Seams(part, ink)
    rim = max(1, round(_RIM * size))
    places = np.arange(part.width)
    free = (places >= rim) & (places < part.width - rim)
    cuts: list[Cut] = []
    for _ in range(max(1, round(_CUTS * part.width / size))):
        if not free.any():
            break
        at = _thinnest(seams.ink, free)
        cuts.append(Cut(at, float(seams.ink[at]), seams.left_of(at)))
        free &= abs(places - at) >= rim
    return sorted(cuts, key=lambda cut: cut.at)


class _Seams:
    """For each column, the way down through a part that crosses it half-way and least ink.

    It goes at most one column aside in each row (Avidan and Shamir, Seam Carving for Content-Aware
    Image Resizing, 2007).
    """

    def __init__(self, part: Part, ink: Floats):
        self._part = part
        within = np.s_[part.y : part.bottom, part.x : part.right]
        ink = np.where(part.pixels[within], ink[within], 0.0)
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
