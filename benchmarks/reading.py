"""How well numbers in photographs are read in two stages, against at once and digit by digit.

    .venv/bin/python -m benchmarks.reading FIND READ DIGIT FOLDER [--limit 200] [--output DIR]

FIND, READ and DIGIT are versions, or folders of versions: of a model that finds a number, of one
that reads it, and of one that reads a digit; FOLDER holds MNIST's IDX files. Pictures are 640
pixels wide, and shaped as FIND's canvas. They have a number of 1 to 5 test digits anywhere, alone,
among stray strokes and pieces of other digits, or among many; half are dark on light. Each is read

    two stages   found by FIND, cropped, and read by READ
    at once      by READ, which is sent all of the picture
    line         by READ, which is sent all of the ink, as `digits predict` finds it
    --find       by DIGIT, piece by piece of the ink

and a number is right if all its digits are; what a model abstains from is wrong. The baseline of
quality and time is `at once`. Times are the processor's for one picture alone, from its bytes to
the prediction: run it with `taskset -c 0` for those of one core. `--tune` takes training digits
instead; `--output` writes some of the pictures, with what two stages read drawn.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.find import Floats, digits, ink_of, strip
from components.digit_example_gen.sources import mnist
from serving.drawing import draw
from serving.local_model import LocalModel, open_model
from serving.stages.compose import compose
from vocabulary.card import read_card
from vocabulary.versions import version_folder

WIDTH: Final = 640
BAR_MS: Final = 50.0
TIMED, WARM_UP, DRAWN = 30, 5, 12
SIZES, HIGHEST = (67.0, 150.0), 0.6
"""Pixels that digits are long, and the share of the picture's height that they are at most."""
LENGTHS, PIECE = (4.0, 14.0), 8
"""Pixels of FIND's canvas that stray strokes are long, and a side of a piece of another digit."""

Read = Callable[[bytes], str | None]


class Kind(NamedTuple):
    """What there is beside a number, at least and at most."""

    strokes: tuple[int, int]
    pieces: tuple[int, int]


KINDS: Final = {
    "alone": Kind((0, 0), (0, 0)),
    "clutter": Kind((2, 10), (0, 6)),
    "much clutter": Kind((10, 20), (6, 12)),
}


class Scenes(NamedTuple):
    """Pictures, and the numbers on them."""

    pictures: list[bytes]
    numbers: list[str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("find", "read", "digit"):
        parser.add_argument(name, type=Path, metavar=name.upper())
    parser.add_argument("folder", help="of MNIST's IDX files")
    parser.add_argument("--limit", type=int, default=200, help="pictures of each kind")
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    glyphs = digits(arguments.folder, tune=arguments.tune)
    canvas = read_card(version_folder(arguments.find))["canvas"]
    scenes = {kind: synthesise(glyphs, kind, arguments.limit, canvas) for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder:
        parts = (version_folder(path) for path in (arguments.find, arguments.read))
        compose(*parts, Path(folder))
        with (
            open_model(Path(folder)) as stages,
            open_model(arguments.read) as reader,
            open_model(arguments.digit) as digit,
        ):
            ways: dict[str, Read] = {
                "two stages": lambda one: in_stages(stages, one),
                "at once": lambda one: reader.predict([one])[0].number,
                "line": lambda one: reader.predict([one], invert="auto")[0].number,
                "--find": lambda one: digit.find([one])[0].text,
            }
            for kind, (pictures, numbers) in scenes.items():
                compare(kind, pictures, numbers, ways)
            fast = measure(ways, scenes["clutter"].pictures)
            if arguments.output:
                write(stages, scenes["clutter"], arguments.output)
    return 0 if fast else 1


def in_stages(model: LocalModel, picture: bytes) -> str | None:
    [prediction] = model.predict([picture], invert="auto")
    number: str | None = prediction.read.number
    return number


def compare(
    kind: str, pictures: Sequence[bytes], numbers: Sequence[str], ways: dict[str, Read]
) -> None:
    right = {
        way: sum(read(one) == number for one, number in zip(pictures, numbers, strict=True))
        for way, read in ways.items()
    }
    shares = ", ".join(f"{way} {count / len(numbers):.3f}" for way, count in right.items())
    ratio = right["two stages"] / max(right["at once"], 1)
    print(f"{kind:13} of {len(numbers)} numbers right: {shares}; {ratio:.2f} times at once",
          flush=True)  # fmt: skip


def measure(ways: dict[str, Read], pictures: Sequence[bytes]) -> bool:
    """The median time of each way, in turn; whether two stages keep to the bar."""
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for at in range(WARM_UP + TIMED):
        for way, read in ways.items():
            began = time.process_time()
            read(pictures[at % len(pictures)])
            seconds[way].append(time.process_time() - began)
    medians = {way: 1e3 * statistics.median(times[WARM_UP:]) for way, times in seconds.items()}
    for way, median in medians.items():
        bar = f"  bar {BAR_MS:.0f} ms" if way == "two stages" else ""
        print(f"{way:11} {median:6.1f} ms  {median / medians['at once']:5.2f} times at once{bar}")
    return medians["two stages"] <= BAR_MS


def write(model: LocalModel, scenes: Scenes, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pairs = zip(scenes.pictures[:DRAWN], scenes.numbers, strict=False)
    for at, (picture, number) in enumerate(pairs):
        [prediction] = model.predict([picture], invert="auto")
        drawn = draw(picture, prediction, how=model.predictions)
        (folder / f"{at:02d}-{number}.png").write_bytes(drawn)


def synthesise(glyphs: mnist.Glyphs, kind: str, count: int, canvas: Mapping[str, int]) -> Scenes:
    pixel = WIDTH / canvas["width"]
    random = np.random.default_rng(list(KINDS).index(kind))
    chosen = iter(random.permutation(len(glyphs.labels)))
    pictures, numbers = [], []
    for _ in range(count):
        places = [next(chosen) for _ in range(random.integers(1, 6))]
        ink = np.zeros((round(pixel * canvas["height"]), WIDTH))
        add_number(ink, [glyphs.pictures[at] for at in places], random)
        add_clutter(ink, KINDS[kind], glyphs, pixel, random)
        pictures.append(photograph(ink, random))
        numbers.append("".join(str(int(glyphs.labels[at])) for at in places))
    return Scenes(pictures, numbers)


def add_number(
    ink: Floats, glyphs: Sequence[NDArray[np.uint8]], random: np.random.Generator
) -> None:
    """Digits of about one size side by side, anywhere; smaller where they had no room."""
    room = ink.shape[0]
    size = random.uniform(SIZES[0], min(SIZES[1], HIGHEST * room))
    gaps = (random.uniform(0.05, 0.15), random.uniform(0.15, 0.4))
    while True:
        inks = [ink_of(glyph, size * random.uniform(0.9, 1.1)) for glyph in glyphs]
        number = strip(inks, size, gaps, random)
        ys, xs = np.nonzero(number > 0.3)
        number = number[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
        height, width = number.shape
        if height < room - 10 and width < WIDTH - 10:
            break
        size *= 0.9
    y, x = random.integers(5, room - height - 4), random.integers(5, WIDTH - width - 4)
    ink[y : y + height, x : x + width] = number


def add_clutter(
    ink: Floats, kind: Kind, glyphs: mnist.Glyphs, pixel: float, random: np.random.Generator
) -> None:
    """Strokes and pieces as training has them; `pixel`: how many here are one of the canvas."""
    height = ink.shape[0]
    for _ in range(random.integers(*kind.strokes, endpoint=True)):
        start = random.uniform((0, 0), (WIDTH, height))
        angle, length = random.uniform(0, 2 * np.pi), pixel * random.uniform(*LENGTHS)
        end = start + length * np.array([np.cos(angle), np.sin(angle)])
        stroke = np.zeros((height, WIDTH), np.uint8)
        ends = [tuple(map(int, np.rint(16 * point))) for point in (start, end)]
        cv2.line(stroke, *ends, int(random.uniform(80, 255)), round(pixel), cv2.LINE_AA, 4)
        np.maximum(ink, stroke / 255, out=ink)
    for _ in range(random.integers(*kind.pieces, endpoint=True)):
        glyph = glyphs.pictures[random.integers(len(glyphs.labels))]
        top, left = random.integers(0, len(glyph) - PIECE, 2)
        side = round(PIECE * pixel)
        piece = cv2.resize(glyph[top : top + PIECE, left : left + PIECE], (side, side)) / 255
        y, x = random.integers(0, (height - side, WIDTH - side))
        place = ink[y : y + side, x : x + side]
        np.maximum(place, piece, out=place)


def photograph(ink: Floats, random: np.random.Generator) -> bytes:
    """JPEG: unevenly lit, a little out of focus, noisy; dark on light as often as light on dark."""
    rows, columns = np.indices(ink.shape)
    light = 1 - random.uniform(0, 0.3) * (columns / WIDTH + rows / len(ink)) / 2
    soft = cv2.GaussianBlur(ink, (0, 0), random.uniform(0.5, 2.0))
    contrast = random.uniform(0.5, 0.95)
    ground = random.uniform(0.0, 0.95 - contrast)
    grey = light * (ground + contrast * soft)
    if random.random() < 0.5:
        grey = light * (1 - ground - contrast * soft)
    noisy = 255 * grey + random.normal(0, random.uniform(0, 6), ink.shape)
    pixels = np.uint8(np.clip(np.rint(noisy), 0, 255))
    encoded: Any = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    return bytes(encoded.tobytes())


if __name__ == "__main__":
    sys.exit(main())
