"""How well digits are read in photographs of paper: by the kind of photograph, beside drawings.

    .venv/bin/python -m benchmarks.photographs MODEL [FOLDER] [--train] [--output DIR]

MODEL is a version's folder, or one of versions; FOLDER holds MNIST's IDX files, of which the test
digits are written; without it, the handwriting that travels with this package and that the default
does not train on. Whole pages of twenty digits are rendered and photographed (`benchmarks.camera`),
and each digit is cut out as a user would; or each has a photograph of its own. All are read as
`digits predict` reads them. The baseline is the same digits as clean drawings: white on black, as
large and as thick as models are trained on. `--train` writes training digits, on which the rules of
`serving.ink` were tuned; `--output` draws some of each kind, and what a model is sent of them.
"""

import argparse
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from benchmarks.camera import PAPERS, Conditions, Glyph, Written, ink_of, take, write
from benchmarks.drawn_digits import centre_lines
from components.digit_example_gen.glyphs import Glyphs
from components.digit_example_gen.sources import handwriting, mnist
from serving.local_model import LocalModel, open_model
from serving.prepare import prepare
from vocabulary.boxes import iou
from vocabulary.pictures import as_png

SINGLE = {"grid": (1, 1), "cell": (40.0, 32.0), "margin": None, "scale": (7.0, 14.0)}
KINDS: dict[str, Conditions] = {
    "white paper, ballpoint": Conditions(),
    "fine pen": Conditions(pen=(0.25, 0.4)),
    "marker": Conditions(pen=(1.6, 2.4)),
    "pencil": Conditions(inks=("pencil",), pen=(0.4, 0.8)),
    "coloured ink and paper": Conditions(
        inks=("black", "blue", "red", "green"), papers=tuple(PAPERS.values())
    ),
    "ruled paper": Conditions(rules="ruled"),
    "squared paper": Conditions(rules="squared"),
    "crumpled paper": Conditions(creases=14),
    "a low lamp": Conditions(lamp=0.45),
    "a cast shadow": Conditions(shadow=0.6),
    "from the side": Conditions(tilt=0.12),
    "out of focus": Conditions(blur=(3.0, 5.0)),
    "shaken": Conditions(motion=12.0),
    "in the dark": Conditions(electrons=120.0),
    "small, strong JPEG": Conditions(scale=(2.0, 3.0), quality=(15, 35)),
    "a neighbour's ink": Conditions(cell=(13.0, 18.0), margin=(0.3, 0.6)),
    "a table beyond the edge": Conditions(grid=(6, 2), cell=(20.0, 17.0), table=0.08),
    "one digit, anywhere": Conditions(**SINGLE, height=(5.0, 26.0), place=(0.0, 1.0)),
    "a note on a dark table": Conditions(**SINGLE, table=0.2, place=(0.15, 0.85)),
    "one bit, dithered": Conditions(dithered=True, scale=(10.0, 12.0), tilt=0.005),
    "chalk on a blackboard": Conditions(
        inks=("chalk",), papers=((0.04, 0.07, 0.05), (0.05, 0.05, 0.05)), pen=(1.2, 2.0)
    ),
    "ruled, pencil, shadow": Conditions(
        rules="ruled", inks=("pencil",), pen=(0.4, 0.8), shadow=0.5, lamp=0.8, tilt=0.08
    ),
    "pale, in the dark": Conditions(inks=("pale",), electrons=250.0),
    # What is often beyond the eye:
    "eight pixels high": Conditions(scale=(0.6, 0.9)),
    "far out of focus": Conditions(blur=(12.0, 16.0)),
    "a light table": Conditions(**SINGLE, table=0.2, wood=(0.3, 0.5)),
}
BATCH = 100
SHOWN, TILE, GAP = 6, 110, 6
"""Pictures of a strip that `--output` writes, and pixels of their sides and between them."""
DRAWING = 150
"""Pixels of a side of a clean drawing."""


class Example(NamedTuple):
    """A picture as it is read, the box of its digit in [0, 1] of it, and the digit."""

    encoded: bytes
    box: tuple[float, float, float, float]
    digit: int


class Score(NamedTuple):
    """On the pictures of a kind."""

    right: NDArray[np.bool_]
    overlap: NDArray[np.float64]
    unsure: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", nargs="?", help="of MNIST's IDX files")
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--limit", type=int, default=500, help="digits")
    parser.add_argument("--only", nargs="*", help="kinds, by the start of their names")
    parser.add_argument("--output", type=Path, metavar="DIR", help="for a strip of each kind")
    arguments = parser.parse_args()
    glyphs, digits = chosen(arguments.folder, arguments.limit, train=arguments.train)
    with open_model(arguments.model) as model:
        clean = score(model, list(drawings(glyphs, digits)))
        print(f"{'':26}accuracy ratio IoU   unsure")
        print(line("drawings", clean, clean), flush=True)
        for name, conditions in KINDS.items():
            if arguments.only and not name.startswith(tuple(arguments.only)):
                continue
            examples = list(photographs(glyphs, digits, conditions))
            read = score(model, examples)
            print(line(name, read, clean), flush=True)
            if arguments.output:
                keep(arguments.output, name, strip(examples))


def chosen(folder: str | None, limit: int, *, train: bool) -> tuple[list[Glyph], list[int]]:
    """Glyphs that are written, and their digits."""
    split = "train" if train else "eval"
    splits = ["train", "eval"]
    pool: Glyphs = (
        mnist.load(folder, splits=splits) if folder else handwriting.load(splits=splits)
    )[split]
    source = "MNIST's" if folder else "the package's own"
    at = np.random.default_rng(13).permutation(len(pool))[:limit]
    print(f"{len(at)} of {source} {split} digits")
    glyphs = [Glyph(pool.pictures[one], centre_lines(pool.pictures[one])) for one in at]
    return glyphs, [int(pool.labels[one]) for one in at]


def drawings(glyphs: list[Glyph], digits: list[int]) -> Iterator[Example]:
    """White on black, in the middle."""
    for glyph, digit in zip(glyphs, digits, strict=True):
        ink = ink_of(glyph, 0.3 * DRAWING, 0.04 * DRAWING)
        picture = np.zeros((DRAWING, DRAWING), np.uint8)
        (high, wide), (y, x) = ink.shape, ((DRAWING - side) // 2 for side in ink.shape)
        picture[y : y + high, x : x + wide] = np.rint(255 * ink)
        box = tuple(edge / DRAWING for edge in (x, y, x + wide, y + high))
        yield Example(as_png(Image.fromarray(picture)), box, digit)


def photographs(
    glyphs: list[Glyph], digits: list[int], conditions: Conditions
) -> Iterator[Example]:
    """Each digit once, on pages, and cut out of them if the conditions say so."""
    random = np.random.default_rng(29)
    on_page = conditions.grid[0] * conditions.grid[1]
    for start in range(0, len(glyphs), on_page):
        written = write(glyphs[start : start + on_page], conditions, random)
        yield from cut_out(written, digits[start : start + on_page], conditions, random)


def cut_out(
    written: Written, digits: list[int], conditions: Conditions, random: np.random.Generator
) -> Iterator[Example]:
    photograph = take(written, conditions, random)
    rows, columns = photograph.pixels.shape[:2]
    for box, digit in zip(photograph.boxes, digits, strict=True):
        left, top, right, bottom = 0, 0, columns, rows
        if conditions.margin:
            xmin, ymin, xmax, ymax = box
            around = random.uniform(*conditions.margin, 4) * max(xmax - xmin, ymax - ymin)
            left, top = max(0, round(xmin - around[0])), max(0, round(ymin - around[1]))
            right, bottom = (
                min(columns, round(xmax + around[2])),
                min(rows, round(ymax + around[3])),
            )
        pixels = photograph.pixels[top:bottom, left:right]
        size = np.array([right - left, bottom - top] * 2)
        inside = (np.array(box) - [left, top, left, top]) / size
        yield Example(encode(pixels, conditions, random), tuple(inside.tolist()), digit)


def encode(pixels: NDArray[np.uint8], conditions: Conditions, random: np.random.Generator) -> bytes:
    if conditions.dithered:
        return as_png(Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)).convert("1"))
    quality = int(random.integers(*conditions.quality, endpoint=True))
    return bytes(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def score(model: LocalModel, examples: list[Example]) -> Score:
    predictions = [
        prediction
        for start in range(0, len(examples), BATCH)
        for prediction in model.predict(
            [one.encoded for one in examples[start : start + BATCH]], invert="auto"
        )
    ]
    pairs = list(zip(predictions, examples, strict=True))
    right = np.array([prediction.digit == example.digit for prediction, example in pairs])
    found = np.array([prediction.box or (0, 0, 0, 0) for prediction in predictions])
    true = np.array([example.box for example in examples])
    unsure = np.array([bool(prediction.doubts) for prediction in predictions])
    return Score(right, iou(true, found), unsure)


def line(name: str, read: Score, clean: Score) -> str:
    accuracy, baseline = read.right.mean(), clean.right.mean()
    return (
        f"{name:26}{accuracy:.3f}    {accuracy / baseline:.3f} {read.overlap.mean():.3f} "
        f"{read.unsure.mean():.3f}"
    )


def strip(examples: list[Example]) -> Image.Image:
    """The first pictures, and below them what a model is sent of them."""
    picture = Image.new("RGB", (SHOWN * (TILE + GAP) - GAP, 2 * TILE + GAP), "white")
    for column, example in enumerate(examples[:SHOWN]):
        for row, encoded in enumerate(
            (example.encoded, prepare(example.encoded, invert="auto").encoded)
        ):
            with Image.open(io.BytesIO(encoded)) as image:
                tile = ImageOps.contain(image.convert("RGB"), (TILE, TILE))
            left, top = column * (TILE + GAP), row * (TILE + GAP)
            corner = left + (TILE - tile.width) // 2, top + (TILE - tile.height) // 2
            picture.paste(tile, corner)
    return picture


def keep(folder: Path, name: str, picture: Image.Image) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file = re.sub("[^a-z]+", "-", name.lower())
    picture.save(folder / f"{file}.jpg", quality=78)


if __name__ == "__main__":
    main()
