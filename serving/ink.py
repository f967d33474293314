"""Finds the ink in a picture and draws it as the model was trained: light, alone, of one size.

The page does the same in the browser (`page/ink.js`), to the pixel: a test compares them. So
everything here is arithmetic that both languages have, and nothing is learnt.

ink = find_ink(grey)          # uint8 [height, width], a photograph of any size
ink.canvas                    # uint8 [150, 150], ink in its middle; None: send it as it is
"""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Invert = Literal["auto", "yes", "no"]
Floats = NDArray[np.float64]
Pixels = NDArray[np.bool_]

CANVAS: Final = 150
"""Pixels of a side of what is sent."""
INK: Final = 0.3
"""Share of the canvas that ink is long, about the middle of what the model was trained on."""
_AS_TRAINED: Final = (0.15, 0.55)
"""Light ink of these shares of its picture is sent as it is."""
_LARGEST: Final = 600
"""Pixels of the longer side that ink is looked for in."""
_LIGHT: Final = 127
"""A picture whose border is lighter is ink on paper."""
_DARK: Final = 60
"""One whose border is darker is not; between the two, its strongest pixels decide."""
_CELLS: Final = 8
"""Parts of the longer side in which the paper is as bright as its lightest tenth."""
_FAINTEST: Final = 32.0
"""How much ink must differ from its paper at least, of 255."""
_EDGE: Final = 0.35
"""Ink begins at this share of the strongest that there is."""
_BRIGHT: Final = 0.9
"""What ink becomes, of white."""
_STROKE: Final = 6.0
"""Pixels of the canvas that strokes are wide in training; thinner ones are drawn thicker."""

LIGHT_PAPER: Final = "light paper, not inverted"


@dataclass(frozen=True)
class Ink:
    """What to send of a picture, and what is in doubt."""

    found: bool
    """Whether there is any ink."""
    inverted: bool
    """Whether it was taken for dark ink on light paper."""
    canvas: NDArray[np.uint8] | None = None
    """uint8 [CANVAS, CANVAS], or None where the picture is as the model was trained."""
    square: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    """The part of the picture that is sent: left, top, width and height as shares of it."""
    doubts: tuple[str, ...] = ()
    several: bool = False
    """Whether there is another part of ink, about as large as the one that is sent."""


def find_ink(grey: NDArray[np.uint8], invert: Invert = "auto") -> Ink:
    """Finds the largest part of ink: what hangs together, and what belongs to it.

    Args:
        grey: uint8 [height, width].
        invert: whether it is dark ink on light paper; auto: if its border is light.
    """
    small = _shrunk(grey.astype(np.float64))
    ground = _middle(small[border_of(small)])
    light = _is_light_paper(small, ground)
    inverted = invert == "yes" or (invert == "auto" and light)
    if light and not inverted:
        return Ink(found=True, inverted=False, doubts=(LIGHT_PAPER,))
    strength = _on_paper(small) if inverted else np.clip(small - ground, 0, 255)
    smooth = _smooth(strength)
    paper = _middle(smooth.ravel())
    reach = smooth.max() - paper
    if reach < _FAINTEST:
        return Ink(found=False, inverted=inverted)
    parts = _parts(smooth > paper + _EDGE * reach)
    main, others = _chosen(parts, small.shape, on_paper=inverted)
    several = any(_is_alike(other, main) for other in others)
    long = max(main.width, main.height)
    share = long / max(small.shape)
    if not inverted and _AS_TRAINED[0] <= share <= _AS_TRAINED[1]:
        return Ink(found=True, inverted=False, several=several)
    side = long / INK
    left, top = main.x + (main.width - side) / 2, main.y + (main.height - side) / 2
    alone = np.where(_around(main.pixels, others, long), strength, 0.0)
    low = paper + _EDGE * reach / 2
    high = max(float(np.percentile(strength[main.pixels], 75)), low + _EDGE * reach / 2)
    drawn = _sampled(np.clip((alone - low) / (high - low), 0, 1), left, top, side)
    rows, columns = small.shape
    return Ink(
        found=True,
        inverted=inverted,
        canvas=np.rint(_thickened(drawn) * (_BRIGHT * 255)).astype(np.uint8),
        square=(left / columns, top / rows, side / columns, side / rows),
        several=several,
    )


def _smooth(values: Floats) -> Floats:
    """The means of 3x3."""
    return cv2.blur(values, (3, 3), borderType=cv2.BORDER_REPLICATE)


def _is_light_paper(grey: Floats, ground: float) -> bool:
    smooth = _smooth(grey)
    darker = ground - float(smooth.min()) > float(smooth.max()) - ground
    return ground > _LIGHT or (ground > _DARK and darker)


def border_of(grey: Floats) -> Pixels:
    """Which pixels are the outermost ones."""
    border = np.ones(grey.shape, bool)
    border[1:-1, 1:-1] = False
    return border


def _middle(values: Floats) -> float:
    """The median, the upper one of two."""
    return float(np.sort(values)[len(values) // 2])


def _shrunk(grey: Floats) -> Floats:
    ratio = _LARGEST / max(grey.shape)
    if ratio >= 1:
        return grey
    height, width = (max(1, round(side * ratio)) for side in grey.shape)
    return np.rint(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA))


def _on_paper(grey: Floats) -> Floats:
    """How much darker than the paper around it each pixel is, of 255, in uneven light too."""
    size = max(1, -(-max(grey.shape) // _CELLS))
    rows, columns = (-(-side // size) for side in grey.shape)
    cells = np.empty((rows, columns))
    for row in range(rows):
        for column in range(columns):
            cell = grey[row * size : (row + 1) * size, column * size : (column + 1) * size]
            values = np.sort(cell.ravel())
            cells[row, column] = values[len(values) * 9 // 10]
    paper = -_highest(-_highest(cells))  # cells full of ink are filled from those beside them
    at = [
        np.clip((np.arange(side) + 0.5) / size - 0.5, 0, count - 1)
        for side, count in zip(grey.shape, paper.shape, strict=True)
    ]
    bright = _between(_between(paper, at[0]).T, at[1]).T
    return np.clip(255 * (1 - grey / np.maximum(bright, 1)), 0, 255)


def _highest(values: Floats) -> Floats:
    """The highest of 3x3."""
    return cv2.dilate(values, np.ones((3, 3), np.uint8))


def _between(rows: Floats, at: Floats) -> Floats:
    """Rows at fractional places, linear between whole ones."""
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, len(rows) - 1)
    share = (at - low)[:, np.newaxis]
    return rows[low] * (1 - share) + rows[high] * share


class _Part(NamedTuple):
    """Ink that hangs together: where it is, pixels, and how many pixels it has."""

    x: int
    y: int
    width: int
    height: int
    area: int
    pixels: Pixels

    @property
    def long(self) -> int:
        return max(self.width, self.height)


def _parts(pixels: Pixels) -> list[_Part]:
    """The parts, the one of most pixels first; of two alike, the upper one."""
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(pixels.astype(np.uint8), None, 8)
    parts = [
        _Part(*map(int, row), numbers == index)  # type: ignore[call-arg,arg-type]
        for index, row in enumerate(stats[1:], start=1)
    ]
    return sorted(parts, key=lambda part: -part.area)


def _chosen(
    parts: list[_Part], shape: tuple[int, ...], *, on_paper: bool
) -> tuple[_Part, list[_Part]]:
    """The main part, with those that belong to it, and the others."""
    rows, columns = shape

    def is_whole(part: _Part) -> bool:
        right, bottom = part.x + part.width, part.y + part.height
        return part.x > 0 and part.y > 0 and right < columns and bottom < rows

    def is_edge(part: _Part) -> bool:
        return part.width >= 0.8 * columns or part.height >= 0.8 * rows

    # An edge of the paper is not it where there is something else; what is cut off by the border is
    # it only if the rest is smaller, and much smaller on paper, where it may be a shadow.
    whole = [part for part in parts if is_whole(part)]
    cut = [part for part in parts if not is_whole(part) and not is_edge(part)]
    main = (whole or cut or parts)[0]
    if cut and main.area < (0.04 if on_paper else 0.35) * cut[0].area:
        main = cut[0]
    others = [part for part in parts if part is not main]
    own = [p for p in others if p.long < 0.7 * main.long and _gap(p, main) < 0.12 * main.long]
    for part in own:
        main = _joined(main, part)
    return main, [part for part in others if not any(part is one for one in own)]


def _gap(one: _Part, other: _Part) -> int:
    """Pixels between the edges of two parts."""
    across = max(one.x - other.x - other.width, other.x - one.x - one.width)
    down = max(one.y - other.y - other.height, other.y - one.y - one.height)
    return max(across, down, 0)


def _joined(one: _Part, other: _Part) -> _Part:
    x, y = min(one.x, other.x), min(one.y, other.y)
    width = max(one.x + one.width, other.x + other.width) - x
    height = max(one.y + one.height, other.y + other.height) - y
    return _Part(x, y, width, height, one.area + other.area, one.pixels | other.pixels)


def _is_alike(part: _Part, main: _Part) -> bool:
    return 0.4 * main.long <= part.long <= 2.5 * main.long and part.area >= 0.2 * main.area


def _around(main: Pixels, others: list[_Part], long: int) -> Pixels:
    """The main part with the soft edges of its strokes, without other parts."""
    reach = max(2, long // 10)
    size = (2 * reach + 1, 2 * reach + 1)
    near = cv2.dilate(main.astype(np.uint8), np.ones(size, np.uint8)) > 0
    for other in others:
        near &= ~other.pixels
    return near


def _sampled(light: Floats, left: float, top: float, side: float) -> Floats:
    """A square of the picture as float [CANVAS, CANVAS]: each pixel the mean of what it covers."""
    sums = np.pad(light.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    edges = np.arange(CANVAS + 1) * (side / CANVAS)
    rows = np.clip(top + edges, 0, light.shape[0])
    columns = np.clip(left + edges, 0, light.shape[1])
    at_edges = _between(_between(sums, rows).T, columns).T
    covered = np.diff(np.diff(at_edges, axis=0), axis=1)
    return covered / (side / CANVAS) ** 2


def _thickened(drawn: Floats) -> Floats:
    """Strokes of at least about the width that they had in training."""
    ink = drawn > 0.5
    rim = int(ink.sum() - (-_highest(-ink.astype(float))).sum())
    width = 2 * int(ink.sum()) / max(rim, 1)
    for _ in range(min(2, round((_STROKE - width) / 2))):
        drawn = _highest(drawn)
    return drawn
