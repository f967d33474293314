"""The lines of ruled and squared paper, apart from what is written across them.

A line goes from one border of the picture to the other. Of its pixels those go that are no more
than a line is thick; where ink crosses it, there are more, and they stay. So staves are taken out
of scanned music. `page/rules.js` does the same.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.bool_]

_TILT: Final = 0.12
"""How much a line rises or falls at most, as a share of its way."""
_STEPS: Final = 150
"""A line that rises by the picture's width divided by this is another line."""
_PLACES: Final = 64
"""Where a line is looked at: there is"""
_INK: Final = 0.8
"""ink at this share of the places at least, and at"""
_THIN: Final = 0.4
"""this share no more than the line itself."""
_WHOLE: Final = 0.7
"""Share of a line that is in the picture at least."""
_THICK: Final = 40
"""A line is at most as thick as the picture's longer side divided by this, or as"""
_FEW: Final = 5
"""so many pixels."""


def rules_of(ink: Pixels) -> Pixels:
    """The pixels of the lines that run across and up and down, of bool [height, width]."""
    thick = max(_FEW, max(ink.shape) // _THICK)
    across = _lines(ink, thick)
    down = _Lines(*(pixels.T for pixels in _lines(ink.T, thick)))
    rules: Pixels = (across.near & across.thin) | (down.near & down.thin)
    return rules | (across.near & down.near & ink)


class _Lines(NamedTuple):
    near: Pixels
    """What is as near to the middle of a line as lines may be thick."""
    thin: Pixels
    """Ink that no more than a line's thickness of is above one another."""


def _lines(ink: Pixels, thick: int) -> _Lines:
    """The lines across."""
    height, width = ink.shape
    thin = ink & (_runs(ink) <= thick)
    around = thin.copy()  # a line that is seen in places is a pixel off
    around[1:] |= thin[:-1]
    around[:-1] |= thin[1:]
    columns = np.floor(np.arange(_PLACES) * (width - 1) / (_PLACES - 1) + 0.5).astype(np.int64)
    rows = np.arange(height)[:, np.newaxis]
    near = np.zeros_like(ink)
    most = int(_TILT * width)
    for rise in range(-most, most + 1, max(1, width // _STEPS)):
        at = rows + _offsets(rise, columns, width)
        inside = (at >= 0) & (at < height)
        at = np.clip(at, 0, height - 1)
        of_line = (around[at, columns] & inside).sum(axis=1)
        of_ink = ((ink | around)[at, columns] & inside).sum(axis=1)
        places = inside.sum(axis=1)
        is_line = (places >= _WHOLE * _PLACES) & (of_ink >= _INK * places)
        for row in np.flatnonzero(is_line & (of_line >= _THIN * places)):
            _mark(near, row + _offsets(rise, np.arange(width), width), thick // 2 + 1)
    return _Lines(near, thin)


def _offsets(rise: int, columns: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """How far below its middle a line is at columns."""
    return np.floor(rise * (columns / max(width - 1, 1) - 0.5) + 0.5).astype(np.int64)


def _mark(near: Pixels, middle: NDArray[np.int64], reach: int) -> None:
    for offset in range(-reach, reach + 1):
        at = middle + offset
        inside = (at >= 0) & (at < len(near))
        near[at[inside], np.flatnonzero(inside)] = True


def _runs(ink: Pixels) -> NDArray[np.int64]:
    """How many pixels of ink without a gap there are above, at and below each pixel of it."""
    rows = np.arange(len(ink))[:, np.newaxis]
    above = np.maximum.accumulate(np.where(ink, -1, rows), axis=0)
    below = np.minimum.accumulate(np.where(ink, len(ink), rows)[::-1], axis=0)[::-1]
    return np.where(ink, below - above - 1, 0)
