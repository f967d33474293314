"""A sheet of paper with ink on it, and a camera that takes it: what `benchmarks.photographs` reads.

Nothing here is shared with the scenes that models are trained on. Light is added up and cut down in
linear units, as reflectances in [0, 1]; the sRGB curve comes last, with the noise before it.
Lengths on a sheet are millimetres, on a photograph pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Range = tuple[float, float]
Colour = tuple[float, float, float]

DENSITY = 12
"""Pixels of a millimetre of a sheet; photographs have fewer."""
WHITE: Colour = (0.82, 0.82, 0.78)
INKS: dict[str, Colour] = {
    "black": (0.03, 0.03, 0.04),
    "blue": (0.04, 0.07, 0.3),
    "red": (0.5, 0.05, 0.06),
    "green": (0.05, 0.25, 0.1),
    "pencil": (0.22, 0.22, 0.23),
    "pale": (0.7, 0.7, 0.68),
    "chalk": (0.8, 0.8, 0.76),
}
PAPERS: dict[str, Colour] = {
    "yellow": (0.85, 0.75, 0.3),
    "pink": (0.8, 0.5, 0.55),
    "blue": (0.45, 0.62, 0.8),
    "kraft": (0.42, 0.3, 0.19),
}


@dataclass(frozen=True)
class Conditions:
    """What is written on, with what, and how it is photographed; pairs are drawn from uniformly."""

    inks: tuple[str, ...] = ("black", "blue")
    papers: tuple[Colour, ...] = (WHITE,)
    pen: Range = (0.5, 0.9)
    """Width, millimetres."""
    height: Range = (9.0, 13.0)
    """Of a digit, millimetres."""
    rules: Literal["none", "ruled", "squared"] = "none"
    creases: int = 0
    grid: tuple[int, int] = (5, 4)
    """Columns and rows of digits on a sheet."""
    cell: tuple[float, float] = (22.0, 21.0)
    """Width and height of the place of a digit, millimetres."""
    table: float | None = None
    """How much of the photograph's width is a dark table on either side; None: the sheet fills
    it."""
    wood: Range = (0.02, 0.12)
    """How much light the table gives back."""
    scale: Range = (7.0, 10.0)
    """Pixels of the photograph to a millimetre."""
    place: Range = (0.3, 0.7)
    """Where a digit stands in its cell, as a share of the room that it has there."""
    margin: Range | None = (0.2, 0.6)
    """Around a digit that is cut out, as a share of its longer side; None: it is not cut out."""
    lamp: float = 2.5
    """How high the lamp is, in widths of the photograph: a low one lights unevenly."""
    shadow: float = 0.0
    """How much of the light is lost in a shadow that lies across the photograph."""
    tilt: float = 0.03
    """How far the corners are off, as a share of the photograph."""
    blur: Range = (0.4, 1.0)
    """Radius of the spot that a point becomes, pixels."""
    motion: float = 0.0
    """Pixels that the camera moves."""
    electrons: float = 4000.0
    """That white frees in a pixel: few in the dark."""
    quality: tuple[int, int] = (70, 92)
    """Of the JPEG."""
    dithered: bool = False
    """Scanned in one bit, by R. Floyd and L. Steinberg's error diffusion."""


class Written(NamedTuple):
    """A sheet with digits on it.

    Attributes:
        reflectance: float32 [height, width, 3].
        points: of each digit's ink, float64 [n, 2], x and y in pixels of the sheet.
    """

    reflectance: Floats
    points: list[NDArray[np.float64]]


class Glyph(NamedTuple):
    """A digit as it was written: uint8 [28, 28], and its centre lines in pixels of four times."""

    pixels: NDArray[np.uint8]
    lines: list[list[tuple[int, int]]]


def ink_of(glyph: Glyph, height: float, pen: float) -> Floats:
    """How much of each pixel a pen of a width covers that writes the glyph, in [0, 1].

    The glyph's own outline is moved in or out to that width; where that leaves nothing, the pen
    follows the centre line.
    """
    ratio = height / 20  # MNIST's digits are 20 pixels long
    large = cv2.resize(glyph.pixels, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_CUBIC)
    inside = (cv2.GaussianBlur(large, (0, 0), ratio / 3) > 110).astype(np.uint8)
    inside = cv2.copyMakeBorder(inside, *[round(pen)] * 4, cv2.BORDER_CONSTANT, value=0)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 5)
    depth -= cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    ends = np.rint(np.array(glyph.lines) * ratio / 4 + round(pen)).astype(np.int32)
    centre = cv2.polylines(np.zeros_like(inside), list(ends), False, 255)
    line = np.zeros_like(inside)
    cv2.polylines(line, list(ends), False, 255, max(1, round(0.8 * pen)), cv2.LINE_AA)
    natural = 2 * max(float(np.median(depth[centre > 0])), 1.0)
    covered = np.maximum(np.clip(depth + (pen - natural) / 2 + 0.5, 0, 1), line / np.float32(255))
    x, y, width, high = cv2.boundingRect((covered > 0).astype(np.uint8))
    return covered[y : y + high, x : x + width]


def write(glyphs: Sequence[Glyph], conditions: Conditions, random: np.random.Generator) -> Written:
    """Writes digits into the places of a sheet, row by row."""
    columns, rows = conditions.grid
    across, down = (round(side * DENSITY) for side in conditions.cell)
    beyond = _beyond(conditions)
    height, width = rows * down + 2 * beyond, columns * across + 2 * beyond
    colour = conditions.papers[random.integers(len(conditions.papers))]
    sheet = _paper(height, width, colour, random)
    _rule(sheet, conditions.rules, random)
    ink = np.zeros((height, width), np.float32)
    points = []
    size = random.uniform(*conditions.height)
    pen = random.uniform(*conditions.pen) * DENSITY
    for at, glyph in enumerate(glyphs):
        covered = ink_of(glyph, size * random.uniform(0.9, 1.1) * DENSITY, pen)
        high, wide = covered.shape
        row, column = divmod(at, columns)
        y = beyond + row * down + round((down - high) * random.uniform(*conditions.place))
        x = beyond + column * across + round((across - wide) * random.uniform(*conditions.place))
        here = ink[y : y + high, x : x + wide]
        np.maximum(here, covered, out=here)
        points.append(np.argwhere(covered > 0.5)[:, ::-1] + (x + 0.5, y + 0.5))
    name = conditions.inks[random.integers(len(conditions.inks))]
    ink *= _flow(name, ink.shape, random)
    sheet *= 1 - ink[..., np.newaxis] * (1 - np.float32(INKS[name]) / _white(name, colour))
    return Written(np.clip(sheet, 0, 1), points)


def _beyond(conditions: Conditions) -> int:
    """How much paper there is around the places: at the table's edge none."""
    return 20 * DENSITY if conditions.table is None else 0


def _white(name: str, colour: Colour) -> Floats:
    """What ink is seen against: chalk covers the paper, and other inks darken it."""
    return np.float32(colour) if name == "chalk" else np.ones(3, np.float32)


def _flow(name: str, shape: tuple[int, ...], random: np.random.Generator) -> Floats:
    """How well ink takes to the paper: pens press unevenly, pencil and chalk skip the hollows."""
    pressure = 1 - 0.25 * _clouds(shape, 40, random)
    if name in ("pencil", "chalk"):
        pressure *= np.clip(0.75 + 0.5 * (_clouds(shape, 2, random) - 0.5) * 3, 0.2, 1)
    return pressure


def _clouds(shape: tuple[int, ...], size: float, random: np.random.Generator) -> Floats:
    """Smooth noise in [0, 1], of clouds of about a size in pixels."""
    small = random.random([int(side / size) + 3 for side in shape], np.float32)
    return np.clip(cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC), 0, 1)


def _paper(height: int, width: int, colour: Colour, random: np.random.Generator) -> Floats:
    """Paper with fibres, and clouds where it is thicker."""
    tone = 1 + 0.03 * (_clouds((height, width), 90, random) - 0.5)
    tone += 0.04 * (_clouds((height, width), 3, random) - 0.5)
    fibres = np.zeros((height, width), np.uint8)
    count = height * width // 1500
    starts = random.random((count, 2)) * (width, height)
    ways = random.normal(0, 0.6 * DENSITY, (count, 2, 2)).cumsum(axis=1)
    lines = np.concatenate([starts[:, np.newaxis], starts[:, np.newaxis] + ways], axis=1)
    cv2.polylines(fibres, list(np.rint(lines).astype(np.int32)), False, 255, 1, cv2.LINE_AA)
    tone -= 0.025 * fibres / np.float32(255)
    return tone[..., np.newaxis].astype(np.float32) * np.float32(colour)


def _rule(sheet: Floats, rules: str, random: np.random.Generator) -> None:
    """Draws the lines that the paper comes with."""
    height, width = sheet.shape[:2]
    if rules == "none":
        return
    spacing = (8.0 if rules == "ruled" else 5.0) * DENSITY
    colour = np.float32([0.45, 0.6, 0.75] if random.random() < 0.6 else [0.5, 0.5, 0.5])
    printed = np.zeros((height, width), np.uint8)
    for y in np.arange(random.uniform(0, spacing), height, spacing):
        cv2.line(printed, (0, round(y)), (width, round(y)), 255, 3, cv2.LINE_AA)
    if rules == "squared":
        for x in np.arange(random.uniform(0, spacing), width, spacing):
            cv2.line(printed, (round(x), 0), (round(x), height), 255, 3, cv2.LINE_AA)
    sheet *= 1 - printed[..., np.newaxis] / np.float32(255) * (1 - colour)


class Photograph(NamedTuple):
    """What the camera took.

    Attributes:
        pixels: uint8 [height, width, 3], blue first as OpenCV has it.
        boxes: of each digit, (xmin, ymin, xmax, ymax), edges in pixels.
    """

    pixels: NDArray[np.uint8]
    boxes: list[tuple[float, float, float, float]]


def take(written: Written, conditions: Conditions, random: np.random.Generator) -> Photograph:
    """Takes a sheet."""
    sheet = _creased(written.reflectance, conditions.creases, random)
    ratio = random.uniform(*conditions.scale) / DENSITY
    beside, beyond = conditions.table or 0.0, 2 * _beyond(conditions)
    rows, columns = (round((s - beyond) * ratio / (1 - 2 * beside)) for s in sheet.shape[:2])
    matrix = _view(sheet.shape[:2], (rows, columns), conditions, random)
    seen = _seen(sheet, matrix, (rows, columns), conditions, random)
    seen *= _light((rows, columns), conditions, random)[..., np.newaxis]
    seen = _through_lens(seen, conditions, random)
    seen *= np.float32(random.uniform((0.9, 0.95, 0.8), (1.1, 1.05, 1.15)))  # white balance
    seen *= random.uniform(0.55, 0.85) / max(float(np.percentile(seen, 95)), 0.05)
    deviation = np.sqrt(np.clip(seen, 0, None) / conditions.electrons) + 6 / conditions.electrons
    seen += random.standard_normal(seen.shape, np.float32) * deviation.astype(np.float32)
    boxes = [_box(points, matrix) for points in written.points]
    return Photograph(_encoded(seen)[..., ::-1], boxes)


def _view(
    sheet: tuple[int, ...],
    photograph: tuple[int, int],
    conditions: Conditions,
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """The homography from a sheet to a photograph of it, 3x3."""
    (height, width), (rows, columns), low = sheet, photograph, _beyond(conditions)
    right, bottom = width - low, height - low
    corners = np.float32([[low, low], [right, low], [right, bottom], [low, bottom]])
    beside = conditions.table or conditions.tilt
    off = random.uniform(-conditions.tilt, conditions.tilt, (4, 2)) * (columns, rows)
    places = np.float32([[0, 0], [1, 0], [1, 1], [0, 1]]) * (1 - 2 * beside) + beside
    return cv2.getPerspectiveTransform(corners, np.float32(places * (columns, rows) + off))


def _seen(
    sheet: Floats,
    matrix: NDArray[np.float64],
    shape: tuple[int, int],
    conditions: Conditions,
    random: np.random.Generator,
) -> Floats:
    """The sheet as it is projected, with the table around it; without, paper goes on."""
    size = (2 * shape[1], 2 * shape[0])
    larger = np.diag([2.0, 2.0, 1.0]) @ matrix
    if conditions.table is None:
        big = cv2.warpPerspective(sheet, larger, size, borderMode=cv2.BORDER_REFLECT)
        return cv2.resize(big, shape[::-1], interpolation=cv2.INTER_AREA)
    wood = _clouds((shape[0], shape[1] // 12), 2, random)
    grain = cv2.resize(wood, size, interpolation=cv2.INTER_LINEAR)[..., np.newaxis]
    colour = random.uniform(*conditions.wood) * np.array([1.2, 1.0, 0.8])
    ground = colour.astype(np.float32) * (0.7 + 0.6 * grain)
    big = cv2.warpPerspective(sheet, larger, size)
    there = cv2.warpPerspective(np.ones_like(sheet[..., :1]), larger, size)[..., np.newaxis]
    return cv2.resize(big + ground * (1 - there), shape[::-1], interpolation=cv2.INTER_AREA)


def _creased(sheet: Floats, creases: int, random: np.random.Generator) -> Floats:
    """Paper that was crumpled: flat facets between creases, each lit by its slope."""
    if not creases:
        return sheet
    height, width = sheet.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / width
    slope = np.zeros((height, width), np.float32)
    for angle, at in zip(
        random.uniform(0, np.pi, creases), random.uniform(-0.4, 0.4, creases), strict=True
    ):
        side = (x - 0.5) * np.cos(angle) + (y - 0.4) * np.sin(angle) - at
        slope += random.normal(0, 0.05) * np.tanh(
            side * 80
        )  # the lit side of a fold, and the other
        slope -= abs(random.normal(0, 0.06)) * np.exp(-((side * 250) ** 2))  # its dark bottom
    return sheet * (1 + slope)[..., np.newaxis]


def _light(shape: tuple[int, int], conditions: Conditions, random: np.random.Generator) -> Floats:
    """How much light falls on each pixel: a lamp by the inverse square, a lens, a cast shadow."""
    rows, columns = shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    lamp_x, lamp_y = random.uniform(-0.5, 1.5, 2) * (columns, rows)
    high = conditions.lamp * columns
    light = (high**2 / ((x - lamp_x) ** 2 + (y - lamp_y) ** 2 + high**2)) ** 1.5
    away = ((x / columns - 0.5) ** 2 + (y / rows - 0.5) ** 2) * 0.35
    light *= 1 / (1 + away) ** 2  # the fourth power of a cosine
    if conditions.shadow:
        angle, soft = random.uniform(0, 2 * np.pi), random.uniform(0.003, 0.04) * columns
        place = (x - columns * random.uniform(0.3, 0.7)) * np.cos(angle)
        place += (y - rows * random.uniform(0.3, 0.7)) * np.sin(angle)
        light *= 1 - conditions.shadow / (1 + np.exp(np.clip(place / soft, -30, 30)))
    return light


def _through_lens(seen: Floats, conditions: Conditions, random: np.random.Generator) -> Floats:
    """A point becomes a disc, or a streak where the camera moves."""
    radius = random.uniform(*conditions.blur)
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    seen = cv2.filter2D(seen, -1, disc / disc.sum())
    if conditions.motion:
        side = 2 * int(conditions.motion) + 1
        angle, streak = random.uniform(0, np.pi), np.zeros((side, side), np.uint8)
        half = conditions.motion / 2 * np.array([np.cos(angle), np.sin(angle)])
        ends = [tuple(np.rint((side // 2 + s * half) * 16).astype(int).tolist()) for s in (-1, 1)]
        cv2.line(streak, ends[0], ends[1], 255, 1, cv2.LINE_AA, 4)
        seen = cv2.filter2D(seen, -1, streak.astype(np.float32) / streak.sum())
    return seen


def _encoded(linear: Floats) -> NDArray[np.uint8]:
    """By the curve of sRGB (IEC 61966-2-1)."""
    light = np.clip(linear, 0, 1)
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(curve * 255).astype(np.uint8)


def _box(
    points: NDArray[np.float64], matrix: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    places = cv2.perspectiveTransform(points[np.newaxis], matrix)[0]
    (xmin, ymin), (xmax, ymax) = places.min(axis=0), places.max(axis=0)
    return float(xmin), float(ymin), float(xmax), float(ymax)
