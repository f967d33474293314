"""Finds the ink in a picture and draws it as the model was trained: light, alone, of one size.

The page does the same in the browser (`page/ink.js`), to the pixel: a test compares them. So
everything here is arithmetic that both languages have, and nothing is learnt.

ink = find_ink(grey)          # uint8 [height, width], a photograph of any size
ink.canvas                    # uint8 [150, 150], ink in its middle; None: send it as it is
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from serving.parts import Part, Pixels, gap, joined, parts_of
from serving.rules import rules_of
from serving.table import sheet_of, without_table

Invert = Literal["auto", "yes", "no"]
Floats = NDArray[np.float64]
_Values = TypeVar("_Values", Floats, NDArray[np.uint8])

CANVAS: Final = 150
"""Pixels of a side of what is sent."""
INK: Final = 0.28
"""Share of the canvas that ink is long: the middle of what the default trains on."""
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
EDGE: Final = 0.28
"""Ink begins at this share of the strongest that there is."""
_GRAIN: Final = 12.0
"""How much half of the pixels may differ from what is around them, of 255; else they are grain."""
_CALMED: Final = 3
"""Times that grain is smoothed at most."""
_RULE: Final = 0.175
"""Lines of the paper begin at this share of it,"""
_OVER: Final = 1.5
"""and what is so much stronger than half of them is ink over them."""
BRIGHT: Final = 0.9
"""What ink becomes, of white."""
_STROKE: Final = 6.0
"""Pixels of the canvas that strokes are wide in training; thinner ones are drawn thicker."""

_WIDE: Final = 1.5
"""Ink that is wider than this many heights is several objects that touch. Of 2,000 of MNIST's
training digits, 0.6% are; of its strips of touching ones, 69%.
"""

LIGHT_PAPER: Final = "light paper, not inverted"


@dataclass(frozen=True)
class Ink:
    """What to send of a picture, and what is in doubt."""

    found: bool
    """Whether there is any ink."""
    inverted: bool
    """Whether it was taken for dark ink on light paper."""
    canvas: NDArray[np.uint8] | None = None
    """uint8 [CANVAS, CANVAS], or of a line's size; None where the picture is as in training."""
    square: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    """The part of the picture that is sent: left, top, width and height as shares of it."""
    doubts: tuple[str, ...] = ()
    several: bool = False
    """Whether it is as wide as two, or there is another part of ink about as large."""


def find_ink(grey: NDArray[np.uint8], invert: Invert = "auto") -> Ink:
    """Finds the largest part of ink: what hangs together, and what belongs to it.

    Args:
        grey: uint8 [height, width].
        invert: whether it is dark ink on light paper; auto: if its border is light.
    """
    sheet = separate(grey, invert)
    if sheet.doubts:
        return Ink(found=True, inverted=False, doubts=sheet.doubts)
    if not sheet.parts:
        return Ink(found=False, inverted=sheet.inverted)
    shape = sheet.strength.shape
    main, others = _chosen(sheet.parts, shape, on_paper=sheet.inverted)
    several = main.width > _WIDE * main.height or any(_is_alike(other, main) for other in others)
    share = main.long / max(shape)
    if not sheet.inverted and _AS_TRAINED[0] <= share <= _AS_TRAINED[1]:
        return Ink(found=True, inverted=False, several=several)
    rest = np.zeros(shape, bool)
    for other in others:
        rest |= other.pixels
    return replace(sheet.ink(main, rest), several=several)


@dataclass(frozen=True)
class Sheet:
    """The ink of a picture, apart from its paper."""

    inverted: bool
    strength: Floats
    """How much ink there is, float64 [height, width] in [0, 255], of the picture as looked at."""
    paper: float = 0.0
    """How strong the paper is."""
    reach: float = 0.0
    """How much stronger the strongest ink is."""
    parts: tuple[Part, ...] = ()
    """What hangs together, the part of most pixels first; none: there is no ink."""
    doubts: tuple[str, ...] = ()

    def ink(self, part: Part, rest: Pixels) -> Ink:
        """A part alone, as models are trained: without the rest, of one size, in the middle."""
        side = part.long / INK
        left, top = part.x + (part.width - side) / 2, part.y + (part.height - side) / 2
        reach = max(2, part.long // 10)  # of the soft edges of its strokes
        x, y = max(0, part.x - reach), max(0, part.y - reach)
        near = np.s_[y : part.bottom + reach, x : part.right + reach]
        around = _highest(part.pixels[near].astype(np.uint8), reach) > 0
        alone = np.where(around & ~rest[near], self.strength[near], 0.0)
        low = self.paper + EDGE * self.reach / 2
        strong = float(np.percentile(self.strength[part.pixels], 75))
        high = max(strong, low + EDGE * self.reach / 2)
        light = np.clip((alone - low) / (high - low), 0, 1)
        drawn = _sampled(light, left - x, top - y, side)
        rows, columns = self.strength.shape
        return Ink(
            found=True,
            inverted=self.inverted,
            canvas=np.rint(_thickened(drawn) * (BRIGHT * 255)).astype(np.uint8),
            square=(left / columns, top / rows, side / columns, side / rows),
        )


def separate(grey: NDArray[np.uint8], invert: Invert = "auto") -> Sheet:
    """Tells ink from paper; the arguments are those of `find_ink`."""
    small = _calm(_shrunk(grey.astype(np.float64)))
    if invert != "no" and (table := sheet_of(small)) is not None:
        small = without_table(small, table)
    ground = _middle(small[border_of(small)])
    light = _is_light_paper(small, ground)
    inverted = invert == "yes" or (invert == "auto" and light)
    strength = _on_paper(small) if inverted else np.clip(small - ground, 0, 255)
    if light and not inverted:
        return Sheet(inverted, strength, doubts=(LIGHT_PAPER,))
    sheet = _told_apart(inverted, strength)
    if not inverted or not sheet.parts:
        return sheet
    plain = _told_apart(inverted, _without_rules(sheet))
    return plain if plain.parts else sheet  # a line with nothing beside it may be a 1


def _told_apart(inverted: bool, strength: Floats) -> Sheet:
    """The parts of ink, if it is strong enough to be some."""
    smooth = _smooth(strength)
    paper = _middle(smooth.ravel())
    reach = float(smooth.max()) - paper
    if reach < _FAINTEST:
        return Sheet(inverted, strength)
    return Sheet(inverted, strength, paper, reach, parts_of(smooth > paper + EDGE * reach))


def _without_rules(sheet: Sheet) -> Floats:
    """The strength without the lines of the paper, and their soft flanks where there is no ink."""
    smooth = _smooth(sheet.strength) - sheet.paper
    ink = smooth > _RULE * sheet.reach
    rules = rules_of(ink)
    if rules.any():
        rules &= smooth <= _OVER * _middle(smooth[rules])
    ink = _highest((ink & ~rules).astype(np.uint8)) > 0
    flanks = _highest(rules.astype(np.uint8), 2) > 0
    return np.where(rules | (flanks & ~ink), sheet.paper, sheet.strength)


def _calm(grey: Floats) -> Floats:
    """The picture without much grain, such as the dots of a scan in one bit."""
    for _ in range(_CALMED):
        smooth = _smooth(grey)
        if _middle(np.abs(grey - smooth).ravel()) <= _GRAIN:
            break
        grey = smooth
    return grey


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


def _highest(values: _Values, reach: int = 1) -> _Values:
    """The highest of 3x3, or of the pixels up to `reach` away."""
    size = 2 * reach + 1
    return cv2.dilate(values, np.ones((size, size), np.uint8))


def _between(rows: Floats, at: Floats) -> Floats:
    """Rows at fractional places, linear between whole ones."""
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, len(rows) - 1)
    share = (at - low)[:, np.newaxis]
    return rows[low] * (1 - share) + rows[high] * share


def _chosen(
    parts: Sequence[Part], shape: tuple[int, ...], *, on_paper: bool
) -> tuple[Part, list[Part]]:
    """The main part, with those that belong to it, and the others."""
    rows, columns = shape

    def is_whole(part: Part) -> bool:
        right, bottom = part.x + part.width, part.y + part.height
        return part.x > 0 and part.y > 0 and right < columns and bottom < rows

    def is_edge(part: Part) -> bool:
        return part.width >= 0.8 * columns or part.height >= 0.8 * rows

    # An edge of the paper is not it where there is something else; what is cut off by the border is
    # it only if the rest is smaller, and much smaller on paper, where it may be a shadow.
    whole = [part for part in parts if is_whole(part)]
    cut = [part for part in parts if not is_whole(part) and not is_edge(part)]
    main = (whole or cut or parts)[0]
    if cut and main.area < (0.04 if on_paper else 0.35) * cut[0].area:
        main = cut[0]
    others = [part for part in parts if part is not main]
    own = [p for p in others if p.long < 0.7 * main.long and gap(p, main) < 0.12 * main.long]
    for part in own:
        main = joined(main, part)
    return main, [part for part in others if not any(part is one for one in own)]


def _is_alike(part: Part, main: Part) -> bool:
    # By height: the loose bar above a 5 is long, but low.
    alike = 0.4 * main.height <= part.height <= 2.5 * main.height
    return alike and part.area >= 0.2 * main.area


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
