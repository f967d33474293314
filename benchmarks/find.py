"""How well numbers of several digits are read: `digits predict --find`, against whole parts alone.

    .venv/bin/python -m benchmarks.find MODEL FOLDER [--tune]

MODEL is a version's folder, or one of versions; FOLDER holds MNIST's IDX files. Strips of 1 to 5
test digits, ink on paper or light on dark, are drawn well spaced and close; as centre lines under
pens, well spaced; and with every pair touching, of two digits and of more. A number is right if all
its digits are. The baseline reads each connected part of ink as one digit. `--tune` takes training
digits instead, of which the default's models have seen none.
"""

import argparse
import os
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.drawn_digits import centre_lines
from components.digit_example_gen.sources import mnist
from serving.ink import separate
from serving.local_model import LocalModel, open_model
from serving.prepare import grey_of
from vocabulary.pictures import as_png, open_upright

Floats = NDArray[np.float64]
Ink = Floats

UNSEEN = 10_000
"""Training digits from here on are not among the 5,000 that `source.kind: handwriting` has."""
SPACED = (0.2, 0.8)


class Kind(NamedTuple):
    """How digits stand on a strip."""

    lengths: tuple[int, int]
    """How many at least and at most."""
    gaps: tuple[float, float] | None
    """Columns between them, as shares of their height; None: none, and ink overlaps a little."""


KINDS = {
    "well spaced": Kind((1, 5), SPACED),
    "strokes": Kind((1, 5), SPACED),
    "close": Kind((1, 5), (0.04, 0.12)),
    "touching pairs": Kind((2, 2), None),
    "all touching": Kind((3, 5), None),
}


class Strips(NamedTuple):
    """Pictures, and the numbers on them."""

    pictures: list[bytes]
    numbers: list[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", help="of MNIST's IDX files")
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--limit", type=int, default=500, help="strips of each kind")
    arguments = parser.parse_args()
    glyphs = digits(arguments.folder, tune=arguments.tune)
    with open_model(arguments.model) as model:
        for kind in KINDS:
            strips = synthesise(glyphs, kind, arguments.limit)
            found = [number.text for number in model.find(strips.pictures)]
            apart = [parts_alone(model, picture) for picture in strips.pictures]
            print(
                f"{kind:14} {share_right(found, strips):.3f} of {len(found)} numbers right, "
                f"parts alone {share_right(apart, strips):.3f}; split into as many digits as there "
                f"are {share_as_long(found, strips):.3f}, parts alone "
                f"{share_as_long(apart, strips):.3f}",
                flush=True,
            )


def digits(folder: str, *, tune: bool) -> mnist.Glyphs:
    """Test digits, or to tune on, training digits."""
    split = mnist.load(folder, splits=["train", "eval"])["train" if tune else "eval"]
    return split.take(np.arange(len(split.labels)) >= UNSEEN) if tune else split


def share_right(read: list[str], strips: Strips) -> float:
    return float(np.mean(np.array(read) == np.array(strips.numbers)))


def share_as_long(read: list[str], strips: Strips) -> float:
    return float(np.mean([len(a) == len(b) for a, b in zip(read, strips.numbers, strict=True)]))


def parts_alone(model: LocalModel, picture: bytes) -> str:
    """The baseline: each part of ink that is not tiny is one digit, from left to right."""
    sheet = separate(grey_of(open_upright(picture)))
    longest = max((part.long for part in sheet.parts), default=0)
    parts = sorted((p for p in sheet.parts if p.long > 0.2 * longest), key=lambda part: part.x)
    ink = np.logical_or.reduce([part.pixels for part in parts])
    drawn = [sheet.ink(part, ink & ~part.pixels).canvas for part in parts]
    read = model.predict([as_png(Image.fromarray(canvas)) for canvas in drawn])
    return "".join("?" if one.digit is None else str(one.digit) for one in read)


def synthesise(glyphs: mnist.Glyphs, kind: str, count: int) -> Strips:
    random = np.random.default_rng(list(KINDS).index(kind))
    (fewest, most), gaps = KINDS[kind]
    chosen = iter(random.permutation(len(glyphs.labels)))
    pictures, numbers = [], []
    for _ in range(count):
        digits = [next(chosen) for _ in range(random.integers(fewest, most + 1))]
        size = random.uniform(35, 90)
        pen = random.uniform(0.07, 0.18)
        inks = [
            lines_of(glyphs.pictures[at], size, pen)
            if kind == "strokes"
            else ink_of(glyphs.pictures[at], size * random.uniform(0.85, 1.15))
            for at in digits
        ]
        pictures.append(photograph(strip(inks, size, gaps, random), random))
        numbers.append("".join(str(int(glyphs.labels[at])) for at in digits))
    return Strips(pictures, numbers)


def ink_of(glyph: NDArray[np.uint8], size: float) -> Ink:
    """A glyph in the size, cut to its ink: float [height, width] in [0, 1]."""
    ratio = size / 20  # MNIST's digits are 20 pixels long
    large = cv2.resize(glyph, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_CUBIC) / 255
    return cut(np.clip(large, 0, 1))


def lines_of(glyph: NDArray[np.uint8], size: float, pen: float) -> Ink:
    """A glyph's centre lines under a pen, as `ink_of`."""
    points = np.array(centre_lines(glyph), np.float64)
    low, high = points.min((0, 1)), points.max((0, 1))
    width = max(1, round(pen * size))
    places = (points - low) * (size / max(high - low)) + width
    drawn = np.zeros([int(side) + width for side in places.max((0, 1))[::-1] + 1], np.uint8)
    for line in np.rint(places * 16).astype(int):
        cv2.line(drawn, *map(tuple, line.tolist()), 255, width, cv2.LINE_AA, 4)
    return cut(drawn / 255)


def cut(ink: Ink) -> Ink:
    ys, xs = np.nonzero(ink > 0.3)
    return ink[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]


def strip(
    inks: list[Ink], size: float, gaps: tuple[float, float] | None, random: np.random.Generator
) -> Ink:
    """Ink side by side on one strip, as `ink_of`."""
    border = round(random.uniform(0.3, 0.8) * size)
    tallest = max(ink.shape[0] for ink in inks)
    room = round(0.15 * size)
    width = sum(ink.shape[1] for ink in inks) + round(len(inks) * size) + 2 * border
    drawn = np.zeros((tallest + room + 2 * border, width))
    end = x = border
    for index, ink in enumerate(inks):
        height, wide = ink.shape
        middle = (tallest - height) / 2 + random.uniform(0, room)
        y = border + round(middle)
        rows = drawn[y : y + height]
        if index and gaps is None:
            x = end - touching(rows[:, :end] > 0.5, ink > 0.5) - max(1, round(0.03 * size))
        elif index and gaps is not None:
            x = end + round(random.uniform(*gaps) * size)
        rows[:, x : x + wide] = np.maximum(rows[:, x : x + wide], ink)
        end = max(end, x + wide)
    return drawn[:, : end + border]


def touching(left: NDArray[np.bool_], right: NDArray[np.bool_]) -> int:
    """Columns by which the right ink moves to the left until it touches, 0 if in no row."""
    both = left.any(axis=1) & right.any(axis=1)
    free = left[:, ::-1].argmax(axis=1) + right.argmax(axis=1)
    return int(free[both].min()) if both.any() else 0


def photograph(ink: Ink, random: np.random.Generator) -> bytes:
    """PNG: dark ink on unevenly lit paper, or as often light ink on a dark ground."""
    rows, columns = np.indices(ink.shape)
    noise = random.normal(0, random.uniform(0, 5), ink.shape)
    if random.random() < 0.5:
        grey = 20 + 200 * ink
    else:
        light = 1 - random.uniform(0, 0.5) * (columns / ink.shape[1] + rows / ink.shape[0]) / 2
        grey = 235 * light * (1 - ink * (1 - random.uniform(0.1, 0.4)))
    return as_png(Image.fromarray(np.uint8(np.clip(np.rint(grey + noise), 0, 255))))


if __name__ == "__main__":
    main()
