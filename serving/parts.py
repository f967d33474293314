"""Parts of ink: pixels that hang together, and what can be told of their places."""

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.bool_]


class Part(NamedTuple):
    """Ink that hangs together: where it is, and how many pixels it has."""

    x: int
    y: int
    width: int
    height: int
    area: int
    pixels: Pixels
    """bool [height, width] of the picture."""

    @property
    def long(self) -> int:
        """The longer side."""
        return max(self.width, self.height)

    @property
    def right(self) -> int:
        """The column after the last."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The row after the last."""
        return self.y + self.height


_MOST: Final = 256
"""Parts that count: noise has tens of thousands, and each takes memory as the picture does."""


def parts_of(pixels: Pixels) -> tuple[Part, ...]:
    """The largest parts, the one of most pixels first; of two alike, the upper one."""
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(pixels.astype(np.uint8), None, 8)
    areas = stats[1:, cv2.CC_STAT_AREA]
    return tuple(
        Part(*map(int, stats[index]), numbers == index)  # type: ignore[call-arg,arg-type]
        for index in 1 + np.argsort(-areas, kind="stable")[:_MOST]
    )


def part_of(pixels: Pixels) -> Part:
    """All pixels, of which there are some, as one part."""
    x, y, width, height = cv2.boundingRect(pixels.astype(np.uint8))
    return Part(x, y, width, height, int(pixels.sum()), pixels)


def joined(one: Part, other: Part) -> Part:
    """Both as one."""
    x, y = min(one.x, other.x), min(one.y, other.y)
    width, height = max(one.right, other.right) - x, max(one.bottom, other.bottom) - y
    return Part(x, y, width, height, one.area + other.area, one.pixels | other.pixels)


def gap(one: Part, other: Part) -> int:
    """Pixels between the edges of two parts."""
    across = max(one.x, other.x) - min(one.right, other.right)
    down = max(one.y, other.y) - min(one.bottom, other.bottom)
    return max(across, down, 0)
