"""How well thin, faint digits are found and read, and how often a picture without one is told.

    .venv/bin/python -m benchmarks.thin_digits MODEL FOLDER

MODEL is a version's folder, or one of versions; FOLDER holds MNIST's IDX files. 2,000 test digits
are thinned to hairlines of one to two pixels and drawn at half the contrast in the default's
scenes, and as many as they are written; so are 1,000 pictures without a digit of each kind. The
baseline is the digits as they are written.
"""

import argparse
import os
from collections import defaultdict
from pathlib import Path

from vocabulary.classes import TEN

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from components.digit_example_gen.drawn import Drawn, label
from components.digit_example_gen.glyphs import Glyphs
from components.digit_example_gen.picture import Picture
from components.digit_example_gen.sources import mnist
from pipeline.config.file import read_config
from serving.local_model import LocalModel, open_model
from vocabulary.boxes import iou

THIN = ["scene.stroke=[-2, -1]", "scene.contrast=[0.5, 0.5]"]
COUNT, EMPTY = 2000, 3000
BATCH = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", help="of MNIST's IDX files")
    arguments = parser.parse_args()
    glyphs = mnist.load(arguments.folder, splits=["train", "eval"])["eval"]
    with open_model(arguments.model) as model:
        judged = {
            name: judge(model, glyphs, ["scene.empty=0", *settings])
            for name, settings in (("as written", []), ("thin, contrast 0.5", THIN))
        }
        for name, (right, overlap) in judged.items():
            print(f"{name}: accuracy {right:.4f}, mean IoU {overlap:.4f}")
        thin, written = judged["thin, contrast 0.5"], judged["as written"]
        print(f"mean IoU thin / as written: {thin[1] / written[1]:.3f}")
        for kind, told in share_told(model, glyphs).items():
            print(f"{kind}: told that there is no digit in {told:.3f}")


def pictures_of(glyphs: Glyphs, settings: list[str], count: int) -> list[tuple[Picture, int]]:
    drawn = Drawn(read_config(None, settings).data, {"eval": glyphs})
    pictures, chosen = drawn.pictures("eval", 0, count)
    return list(zip(pictures, glyphs.labels[chosen].tolist(), strict=True))


def read(model: LocalModel, pictures: list[Picture]) -> list:
    encoded = [label(picture, "", (0, "", ""), classes=TEN).encoded for picture in pictures]
    return [
        prediction
        for start in range(0, len(encoded), BATCH)
        for prediction in model.predict(encoded[start : start + BATCH], invert="no")
    ]


def judge(model: LocalModel, glyphs: Glyphs, settings: list[str]) -> tuple[float, float]:
    """Accuracy and mean IoU; one that is told to be no digit counts as wrong."""
    pairs = pictures_of(glyphs, settings, COUNT)
    pictures = [picture for picture, _ in pairs]
    predictions = read(model, pictures)
    height, width = pictures[0].pixels.shape[:2]
    true = np.array([picture.box for picture in pictures]) / (width, height, width, height)
    found = np.array([prediction.box or (0, 0, 0, 0) for prediction in predictions])
    right = [one.digit == digit for one, (_, digit) in zip(predictions, pairs, strict=True)]
    return float(np.mean(right)), float(np.mean(iou(true, found)))


def share_told(model: LocalModel, glyphs: Glyphs) -> dict[str, float]:
    """By what is there in the place of a digit: how often the model says that there is none."""
    pictures = [picture for picture, _ in pictures_of(glyphs, ["scene.empty=1"], EMPTY)]
    told = defaultdict(list)
    for picture, prediction in zip(pictures, read(model, pictures), strict=True):
        other = picture.scene.other
        kind = "a letter" if other.letter else "a scribble" if other.scribble else "blank"
        told[kind].append(prediction.digit is None)
    return {kind: float(np.mean(of)) for kind, of in sorted(told.items())}


if __name__ == "__main__":
    main()
