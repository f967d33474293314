"""How well ink on paper is read: with `--invert auto`, against pictures sent as they are.

    .venv/bin/python -m benchmarks.paper MODEL FOLDER

MODEL is a version's folder, or one of versions; FOLDER holds MNIST's IDX files. Test digits number
1,000 to 1,999 (the rules of `serving.ink` were tuned on the first 1,000) are drawn as dark ink on
white paper of 300 x 400 pixels, in five sizes, lit from one side, with noise.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from components.digit_example_gen.sources import mnist
from serving.local_model import LocalModel, open_model
from vocabulary.pictures import as_png

HEIGHT, WIDTH = 300, 400
SIZES = (40, 70, 110, 170, 260)
FIRST, LAST = 1000, 2000
BATCH = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", help="of MNIST's IDX files")
    arguments = parser.parse_args()
    glyphs = mnist.load(arguments.folder, splits=["train", "eval"])["eval"]
    digits = np.asarray(glyphs.labels)[FIRST:LAST].astype(np.int64)
    right = {"auto": [], "no": []}
    with open_model(arguments.model) as model:
        for size in SIZES:
            random = np.random.default_rng(size)
            pages = [page(glyph, size, random) for glyph in glyphs.pictures[FIRST:LAST]]
            for invert, shares in right.items():
                shares.append(share_right(model, pages, digits, invert))
            print(f"{size:3} pixels: {right['auto'][-1]:.3f}, as they are {right['no'][-1]:.3f}")
    auto, no = np.mean(right["auto"]), np.mean(right["no"])
    print(f"all: {auto:.3f} right with --invert auto, {no:.3f} as they are; ratio {auto / no:.2f}")


def page(glyph: NDArray[np.uint8], size: int, random: np.random.Generator) -> bytes:
    """A PNG of the glyph as dark ink, `size` pixels high, anywhere on unevenly lit paper."""
    covered = cv2.resize(glyph, (size, size), interpolation=cv2.INTER_CUBIC) / 255
    y, x = (int(random.integers(0, room - size + 1)) for room in (HEIGHT, WIDTH))
    ink = np.zeros((HEIGHT, WIDTH))
    ink[y : y + size, x : x + size] = covered
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    light = 1 - random.uniform(0, 0.5) * (columns / WIDTH + rows / HEIGHT) / 2
    grey = 235 * light * (1 - ink * (1 - random.uniform(0.1, 0.4)))
    grey += random.normal(0, random.uniform(0, 5), grey.shape)
    return as_png(Image.fromarray(np.uint8(np.clip(np.rint(grey), 0, 255))))


def share_right(
    model: LocalModel, pages: list[bytes], digits: NDArray[np.int64], invert: str
) -> float:
    read = [
        prediction.digit
        for start in range(0, len(pages), BATCH)
        for prediction in model.predict(pages[start : start + BATCH], invert=invert)
    ]
    return float(np.mean(np.array([-1 if digit is None else digit for digit in read]) == digits))


if __name__ == "__main__":
    main()
