"""The lines of ruled and squared paper, apart from what is written across them.

A line goes from one border of the picture to the other. Of it goes what is no higher than the line
itself; where ink crosses it, it stays (the way in which staves are taken out of scanned music).
`page/rules.js` does the same.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.bool_]

_TILT: Final = 0.12
"""How much a line rises or falls at most, as a share of the way."""
_PLACES: Final = 64
"""Where a line is looked at."""
_SEEN: Final = 0.8
"""Share of them where there is ink at least."""
_THICK: Final = 40
"""Lines are at most as thick as the picture's longer side divided by this, or"""
_THICK_PIXELS: Final = 5


def rules_of(ink: Pixels) -> Pixels:
    """The pixels of the lines that run across and up and down, of bool [height, width]."""
    return _across(ink) | _across(ink.T).T


def _across(ink: Pixels) -> Pixels:
    height, width = ink.shape
    thick = max(_THICK_PIXELS, max(ink.shape) // _THICK)
    runs = _runs(ink)
    thin = ink & (runs <= thick)
    near = thin.copy()
    near[1:] |= thin[:-1]
    near[:-1] |= thin[1:]
    near |= ink & ~thin  # where ink crosses the line
    columns = np.unique(np.linspace(0, width - 1, _PLACES).round().astype(np.int64))
    rows = np.arange(height)
    rules = np.zeros_like(ink)
    most = round(_TILT * width)
    step = max(1, width // 150)
    for rise in range(-most, most + 1, step):
        offsets = np.rint(rise * (columns / max(width - 1, 1) - 0.5)).astype(np.int64)
        at = rows[:, np.newaxis] + offsets
        inside = (at >= 0) & (at < height)
        seen = near[np.clip(at, 0, height - 1), columns] & inside
        of_line = thin_share = (near & ~(ink & ~thin))[np.clip(at, 0, height - 1), columns] & inside
        line = (seen.sum(axis=1) >= _SEEN * inside.sum(axis=1)) & (inside.mean(axis=1) > 0.7)
        line &= of_line.mean(axis=1) > 0.4
        for row in np.flatnonzero(line):
            _mark(rules, row, rise, thick, width)
    return rules & thin


def _mark(rules: Pixels, row: int, rise: int, thick: int, width: int) -> None:
    """Everything that is as near to a line as it may be thick."""
    columns = np.arange(width)
    middle = row + np.rint(rise * (columns / max(width - 1, 1) - 0.5)).astype(np.int64)
    reach = thick // 2 + 1
    for offset in range(-reach, reach + 1):
        at = middle + offset
        inside = (at >= 0) & (at < len(rules))
        rules[at[inside], columns[inside]] = True


def _runs(ink: Pixels) -> NDArray[np.int64]:
    """How many pixels of ink there are in a row, above and below each."""
    places = np.arange(len(ink))[:, np.newaxis]
    above = np.maximum.accumulate(np.where(ink, -1, places), axis=0)
    below = len(ink) - 1 - np.maximum.accumulate(np.where(ink, -1, places)[::-1], axis=0)[::-1]
    flipped = np.where(ink[::-1], -1, places)
    below = len(ink) - 1 - np.maximum.accumulate(flipped, axis=0)[::-1]
    above = np.where(above < 0, -1, above)
    return np.where(ink, np.minimum(below, len(ink)) - above - 1, 0)
