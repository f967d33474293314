"""How well drawn digits are read: as the page sends them, and as they stand on the paper.

    .venv/bin/python benchmarks/drawn_digits.py MODEL FOLDER [--search]

MODEL is the folder that `digits serve` would watch, FOLDER holds MNIST's IDX files. The strokes are
the centre lines of MNIST's test digits, put anywhere on the paper in any size and drawn with pens
of any thickness, in Chromium, by the page's own script. `--search` tries sizes and thicknesses on
the training digits. Centre lines lose a little: a small loop that was filled with ink is gone.
"""

import argparse
import base64
import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# A neighbour has the name of the package `serving`, and would be found in its place.
if str(Path(__file__).resolve().parent) in sys.path:
    sys.path.remove(str(Path(__file__).resolve().parent))

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, sync_playwright

from components.digit_example_gen.sources import mnist
from serving.client import connect
from serving.options import ServerOptions
from serving.reading import Reader
from serving.server import running

BATCH = 32
AS_SENT = """async ([drawings, ...how]) => {
  const { sentOfStrokes } = await import("/sent.js");
  return drawings.map((drawing) => sentOfStrokes(drawing, ...how).canvas.toDataURL());
}"""
AS_DRAWN = """([drawings]) => drawings.map(({ strokes, pen }) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 600, height: 600 });
  const context = canvas.getContext("2d");
  context.fillRect(0, 0, 600, 600);
  context.strokeStyle = "#fff";
  context.lineCap = "round";
  context.lineWidth = pen * 600;
  for (const stroke of strokes) {
    context.beginPath();
    stroke.forEach(([x, y], at) => context[at ? "lineTo" : "moveTo"](x * 600, y * 600));
    context.stroke();
  }
  return canvas.toDataURL();
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model_base_path", type=Path)
    parser.add_argument("folder", help="of MNIST's IDX files")
    parser.add_argument("--search", action="store_true")
    parser.add_argument("--limit", type=int, default=2000, help="drawings at most")
    arguments = parser.parse_args()
    options = ServerOptions(model_base_path=arguments.model_base_path, port=0, rest_api_port=0)
    with (
        running(options) as server,
        connect(server.rest) as client,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.goto(server.rest)
        if arguments.search:
            drawings, labels = synthesise(arguments.folder, "train", arguments.limit)
            for ink in (0.28, 0.32, 0.36, 0.40):
                for thick in (0.03, 0.036, 0.042, 0.05, 0.06):
                    right = share_right(client, page, drawings, labels, AS_SENT, [ink, thick])
                    print(f"train: ink {ink:.2f}, stroke {thick:.3f}: {right.mean():.1%} right")
        drawings, labels = synthesise(arguments.folder, "eval", arguments.limit)
        sent = share_right(client, page, drawings, labels, AS_SENT, [])
        drawn = share_right(client, page, drawings, labels, AS_DRAWN, [])
        print(f"{len(labels)} drawings: {sent.mean():.1%} right as the page sends them,")
        print(f"  {drawn.mean():.1%} as they stand on the paper")
        for what, key in (("size", "size"), ("pen / size", "thickness")):
            for low, high, part in thirds(np.array([d[key] for d in drawings])):
                print(
                    f"  {what} {low:.2f} to {high:.2f}: {sent[part].mean():.1%} as sent, "
                    f"{drawn[part].mean():.1%} as drawn"
                )
        print(f"errors fall to {(1 - sent.mean()) / (1 - drawn.mean()):.2f} times")
        browser.close()


def share_right(
    client: Reader,
    page: Page,
    drawings: list[dict[str, Any]],
    labels: NDArray[np.int64],
    script: str,
    how: list[float],
) -> NDArray[np.bool_]:
    """Which are read right, bool [n]."""
    bare = [{"strokes": d["strokes"], "pen": d["pen"]} for d in drawings]
    read: list[int] = []
    for start in range(0, len(bare), BATCH):
        urls = page.evaluate(script, [bare[start : start + BATCH], *how])
        pictures = [base64.b64decode(url.split(",")[1]) for url in urls]
        read += [answer.digit for answer in client.predict(pictures)]
    return np.array(read) == labels


def synthesise(
    folder: str, split: str, limit: int
) -> tuple[list[dict[str, Any]], NDArray[np.int64]]:
    """Drawings of a split's handwriting, and their digits, int64 [n]."""
    glyphs = mnist.load(folder, splits=["train", "eval"])[split]
    random = np.random.default_rng(20)
    chosen = random.permutation(len(glyphs.labels))[:limit]
    drawings = []
    for index in chosen:
        size = random.uniform(0.1, 0.85)
        thickness = random.uniform(0.04, 0.3)
        lines = centre_lines(glyphs.pictures[index])
        points = np.array(lines, np.float64)
        low, high = points.min((0, 1)), points.max((0, 1))
        scale = size / max(high - low)
        room = 1 - (high - low) * scale
        corner = random.random(2) * room
        strokes = ((points - low) * scale + corner).round(4).tolist()
        pen = size * thickness
        drawings.append({"strokes": strokes, "pen": pen, "size": size, "thickness": thickness})
    return drawings, np.asarray(glyphs.labels)[chosen].astype(np.int64)


def centre_lines(glyph: NDArray[np.uint8]) -> list[list[tuple[int, int]]]:
    """The thinned ink of a glyph as short lines of two (x, y) each."""
    large = cv2.resize(glyph, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    ink = cv2.GaussianBlur(large, (0, 0), 2) > 110
    thin = thinned(ink)
    lines = []
    for y, x in np.argwhere(thin):
        for dy, dx in ((0, 1), (1, -1), (1, 0), (1, 1)):
            if thin[y + dy, x + dx]:
                lines.append([(int(x), int(y)), (int(x + dx), int(y + dy))])
    return lines


def thinned(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Zhang and Suen's thinning (Communications of the ACM 27(3), 1984) to lines of one pixel."""
    ink = np.pad(ink, 2)
    while True:
        before = ink.sum()
        for first in (True, False):
            p = [np.roll(ink, shift, (0, 1)) for shift in _AROUND]
            neighbours = sum(part.astype(int) for part in p)
            steps = sum((~a & b).astype(int) for a, b in zip(p, [*p[1:], p[0]], strict=True))
            north, east, south, west = p[0], p[2], p[4], p[6]
            if first:
                open_ = ~(north & east & south) & ~(east & south & west)
            else:
                open_ = ~(north & east & west) & ~(north & south & west)
            ink = ink & ~((neighbours >= 2) & (neighbours <= 6) & (steps == 1) & open_)
        if ink.sum() == before:
            return ink


_AROUND = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))
"""Shifts that bring the neighbours P2 to P9 of the paper onto the pixel, from north clockwise."""


def thirds(values: NDArray[np.float64]) -> Iterator[tuple[float, float, NDArray[np.bool_]]]:
    """The values' lower, middle and upper third: ends, and which belong to it."""
    ends = np.quantile(values, [0, 1 / 3, 2 / 3, 1])
    for low, high in itertools.pairwise(ends):
        yield low, high, (values >= low) & (values <= high)


if __name__ == "__main__":
    main()
