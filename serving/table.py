"""Where a light sheet of paper ends in a picture, and a dark table begins.

sheet = sheet_of(grey)                    # None: there is no table
grey = without_table(grey, sheet)         # paper as far as the picture goes

`page/table.js` does the same.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pixels = NDArray[np.bool_]

_SHARES: Final = (0.15, 0.98)
"""Of the picture, that a sheet takes up."""
_WIDTH: Final = 0.3
"""Width and height of a sheet, of the picture's shorter side, at least: no stroke has them."""
_FILLED: Final = (0.8, 0.88)
"""Share of its convex hull that is paper, of a sheet that goes beyond the picture, and of one that
does not; the rest is ink. Of what is written in light ink, it is less."""
_DARK: Final = 0.55
"""How bright a table is at most, against the sheet,"""
_BETWEEN: Final = 0.2
"""and how much of it is brighter at most: a shadow grows lighter by and by, a table ends."""


def sheet_of(grey: Floats) -> Pixels | None:
    """The pixels of the sheet, without holes, bool [height, width]; None if it is all there is."""
    light = cv2.blur(grey, (3, 3), borderType=cv2.BORDER_REPLICATE) > _threshold(grey) + 0.5
    main = _largest(light)
    sheet = _filled(main)
    paper = light & sheet
    if not _SHARES[0] <= sheet.mean() <= _SHARES[1]:
        return None
    narrow = min(sheet.sum(axis=1).max(), sheet.sum(axis=0).max()) < _WIDTH * min(grey.shape)
    border = sheet[0].any() or sheet[-1].any() or sheet[:, 0].any() or sheet[:, -1].any()
    if narrow or paper.sum() < _FILLED[not border] * _hull_area(main):
        return None
    bright, table = _middle(grey[paper]), grey[~_grown(sheet, _rim(grey))]
    if not table.size or (table > _DARK * bright).mean() > _BETWEEN:
        return None
    return ~_grown(~sheet, _rim(grey))


def without_table(grey: Floats, sheet: Pixels) -> Floats:
    """The picture, where each row of the sheet goes on as it ends; so do its first and last row."""
    rows = np.flatnonzero(sheet.any(axis=1))
    first, last = sheet.argmax(axis=1), sheet.shape[1] - 1 - sheet[:, ::-1].argmax(axis=1)
    nearest = np.clip(np.arange(len(grey)), rows[0], rows[-1])
    columns = np.arange(grey.shape[1])
    within = np.clip(columns, first[nearest, np.newaxis], last[nearest, np.newaxis])
    return np.where(sheet, grey, grey[nearest[:, np.newaxis], within])


def _threshold(grey: Floats) -> int:
    """Between dark and light (N. Otsu, IEEE Transactions on SMC 9(1), 1979)."""
    counts = np.bincount(np.rint(grey).astype(np.int64).ravel(), minlength=256).astype(np.float64)
    below, sums = counts.cumsum(), (counts * np.arange(256)).cumsum()
    above = below[-1] - below
    apart = sums[-1] * below - sums * below[-1]
    variances = apart**2 / np.maximum(below * above, 1)
    return int(variances.argmax())


def _largest(pixels: Pixels) -> Pixels:
    """The part of most pixels."""
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(pixels.astype(np.uint8), None, 8)
    return numbers == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if len(stats) > 1 else pixels


def _hull_area(pixels: Pixels) -> float:
    """Pixels in the convex hull."""
    rows = np.flatnonzero(pixels.any(axis=1))
    first = pixels[rows].argmax(axis=1)
    end = pixels.shape[1] - pixels[rows, ::-1].argmax(axis=1)
    corners = [
        np.stack([columns, rows + below], axis=1) for columns in (first, end) for below in (0, 1)
    ]
    hull = cv2.convexHull(np.concatenate(corners).astype(np.int32))
    return float(cv2.contourArea(hull))


def _filled(pixels: Pixels) -> Pixels:
    """With all that is between two of them, both in its row and in its column."""
    filled = np.ones_like(pixels)
    for axis in (0, 1):
        before = np.maximum.accumulate(pixels, axis=axis)
        after = np.flip(np.maximum.accumulate(np.flip(pixels, axis), axis=axis), axis)
        filled &= before & after
    return filled


def _rim(grey: Floats) -> int:
    """Pixels that the edge of a sheet is blurred over."""
    return max(2, max(grey.shape) // 80)


def _grown(pixels: Pixels, reach: int) -> Pixels:
    size = 2 * reach + 1
    return cv2.dilate(pixels.astype(np.uint8), np.ones((size, size), np.uint8)) > 0


def _middle(values: Floats) -> float:
    return float(np.sort(values)[len(values) // 2])
