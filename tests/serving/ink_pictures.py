"""Pictures with ink, as people have them: RGB or RGBA uint8, each with the box of its 7."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
_SEVEN = np.array([[0.0, 0.0], [0.6, 0.0], [0.25, 1.0]])


@dataclass(frozen=True)
class InkPicture:
    """A picture and what is in it."""

    name: str
    pixels: Pixels
    """uint8 [height, width] or [height, width, 3 or 4]."""
    box: tuple[float, float, float, float]
    """Of the ink of the 7, in pixels."""


def _ink(height: int, width: int, *, x: float, y: float, size: float, pen: float) -> Pixels:
    """How much ink there is, of 255."""
    covered = np.zeros((height, width), np.uint8)
    corners = np.rint((_SEVEN * size + (x, y)) * 16).astype(int)
    cv2.polylines(covered, [corners], False, 255, max(1, round(pen * size)), cv2.LINE_AA, 4)
    return covered


def _box(x: float, y: float, size: float, pen: float) -> tuple[float, float, float, float]:
    half = pen * size / 2
    return x - half, y - half, x + 0.6 * size + half, y + size + half


def photograph(
    name: str,
    *,
    height: int,
    width: int,
    x: float,
    y: float,
    size: float,
    pen: float = 0.12,
    ink: float = 0.2,
    tilt: float = 0.45,
    bright: float = 1.0,
    noise: float = 3.0,
) -> InkPicture:
    """Dark ink on white paper, less lit towards the lower right."""
    covered = _ink(height, width, x=x, y=y, size=size, pen=pen) / 255
    rows, columns = np.mgrid[0:height, 0:width]
    light = bright * (1 - tilt * (columns / width + rows / height) / 2)
    grain = np.random.default_rng(0).normal(0, noise, (height, width))
    grey = 240 * light * (1 - covered * (1 - ink)) + grain
    return InkPicture(name, np.uint8(np.clip(np.rint(grey), 0, 255)), _box(x, y, size, pen))


def light_on_dark(name: str, *, side: int, size: float, ground: int = 20) -> InkPicture:
    """As models are trained, but for the size."""
    at = (side - size) / 2
    covered = _ink(side, side, x=at, y=at, size=size, pen=0.12) / 255
    grain = np.random.default_rng(0).normal(0, 6, (side, side))
    grey = ground + covered * (220 - ground) + grain
    return InkPicture(name, np.uint8(np.clip(grey, 0, 255)), _box(at, at, size, 0.12))


def encoded(picture: InkPicture) -> bytes:
    """Its PNG."""
    pixels = picture.pixels
    if pixels.ndim == 3:
        order = cv2.COLOR_RGBA2BGRA if pixels.shape[2] == 4 else cv2.COLOR_RGB2BGR
        pixels = cv2.cvtColor(pixels, order)
    return bytes(cv2.imencode(".png", pixels)[1])


def on_table(name: str, corners: list[tuple[int, int]], **how: Any) -> InkPicture:
    """A sheet whose corners are these, on a dark table; else as `photograph`."""
    sheet = photograph(name, height=400, width=520, **how)
    there = np.zeros(sheet.pixels.shape, np.uint8)
    cv2.fillPoly(there, [np.array(corners)], 255, cv2.LINE_AA)
    there = cv2.GaussianBlur(there, (0, 0), 1) / 255
    grain = np.random.default_rng(1).normal(45, 6, there.shape)
    pixels = sheet.pixels * there + grain * (1 - there)
    return InkPicture(name, np.uint8(np.clip(pixels, 0, 255)), sheet.box)


def ruled(name: str, *, squared: bool = False, **how: Any) -> InkPicture:
    """On lines that rise; else as `photograph`."""
    picture = photograph(name, height=300, width=400, x=150, y=60, size=170, **how)
    lines = np.full(picture.pixels.shape, 255, np.uint8)
    for y in range(30, 300, 60):
        cv2.line(lines, (0, y), (399, y - 14), 130, 3, cv2.LINE_AA)
    for x in range(20, 400, 60) if squared else ():
        cv2.line(lines, (x, 0), (x + 10, 299), 130, 3, cv2.LINE_AA)
    pixels = picture.pixels * (lines / 255)
    return InkPicture(name, np.uint8(np.rint(pixels)), picture.box)


def dithered(name: str) -> InkPicture:
    """Scanned in one bit."""
    grey = photograph("", height=300, width=400, x=150, y=60, size=170, tilt=0.3)
    pixels = np.asarray(Image.fromarray(grey.pixels).convert("1"), np.uint8) * np.uint8(255)
    return InkPicture(name, pixels, grey.box)


def light_ring() -> InkPicture:
    """A 0 in broad chalk, which fills the picture as a sheet of paper might."""
    ring = np.full((200, 160), 30, np.uint8)
    cv2.ellipse(ring, ((80, 100), (100, 150), 10), 220, 40, cv2.LINE_AA)
    return InkPicture("a light ring", ring, (10, 5, 150, 195))


def two_digits() -> InkPicture:
    """A 7 and a smaller one."""
    one = photograph("two digits", height=400, width=600, x=80, y=80, size=240)
    other = photograph("", height=400, width=600, x=400, y=150, size=150)
    return InkPicture(one.name, np.minimum(one.pixels, other.pixels), one.box)


def touching() -> InkPicture:
    """Three 7s in a row, whose bars are one."""
    sevens = [
        photograph("touching", height=300, width=600, x=100 + 120 * at, y=60, size=200, noise=0)
        for at in range(3)
    ]
    pixels = np.minimum.reduce([seven.pixels for seven in sevens])
    return InkPicture(sevens[0].name, pixels, sevens[0].box)


def transparent(name: str, ink: int) -> InkPicture:
    """Ink on nothing."""
    covered = _ink(200, 200, x=60, y=40, size=110, pen=0.12)
    pixels = np.dstack([np.full((200, 200, 3), ink, np.uint8), covered])
    return InkPicture(name, pixels, _box(60, 40, 110, 0.12))


def coloured() -> InkPicture:
    """A blue pen on yellow paper."""
    covered = _ink(300, 420, x=150, y=60, size=170, pen=0.1)[..., np.newaxis] / 255
    pixels = (250, 240, 190) * (1 - covered) + (40, 50, 150) * covered
    return InkPicture("coloured", np.uint8(np.rint(pixels)), _box(150, 60, 170, 0.1))


def blank(name: str, grey: int) -> InkPicture:
    """Nothing but grain."""
    grain = np.random.default_rng(0).normal(0, 5, (90, 120))
    return InkPicture(name, np.uint8(np.clip(grey + grain, 0, 255)), (0, 0, 0, 0))


ON_PAPER = [
    photograph("uneven light", height=450, width=600, x=200, y=100, size=200),
    photograph("larger than what is looked at", height=1201, width=1603, x=500, y=300, size=420),
    photograph("filling the picture", height=200, width=160, x=25, y=20, size=160),
    photograph("small", height=600, width=450, x=330, y=480, size=45),
    photograph("thin pen", height=450, width=600, x=200, y=100, size=200, pen=0.03),
    photograph("pencil", height=450, width=600, x=200, y=100, size=200, ink=0.6),
    photograph("dim", height=450, width=600, x=200, y=100, size=200, bright=0.45, tilt=0.3),
    two_digits(),
    coloured(),
    on_table(
        "a note on a table", [(80, 60), (450, 40), (470, 350), (60, 330)], x=220, y=120, size=120
    ),
    on_table(
        "a table in a corner", [(-9, 70), (430, 40), (460, 420), (-9, 420)], x=150, y=130, size=180
    ),
    ruled("ruled paper"),
    ruled("squared paper", squared=True),
    ruled("pencil on ruled paper", ink=0.6, tilt=0.3),
    dithered("in one bit"),
    transparent("dark ink on nothing", 20),
]
ON_DARK = [
    light_on_dark("light ink that fills the picture", side=40, size=32),
    light_on_dark("light ink that is small", side=300, size=25),
    transparent("light ink on nothing", 255),
]
AS_TRAINED = [light_on_dark("as trained", side=75, size=22)]
BLANK = [blank("black", 0), blank("white", 255), blank("grey", 90), blank("paper", 200)]
CHALK = light_ring()
ALL = [CHALK, *ON_PAPER, touching(), *ON_DARK, *AS_TRAINED, *BLANK]
