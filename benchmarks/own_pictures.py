"""Two hundred pictures of one's own: models that know them against one of drawn digits alone.

    .venv/bin/python -m benchmarks.own_pictures MNIST FOLDER [--pictures]

MNIST is the folder of its IDX files. Makes FOLDER with `mine` in it: 200 pictures to train on and
300 to judge by, of 240 x 180 pixels, strokes of MNIST's training digits in some colour, light or
dark, on a ground of some other colour with a coarse texture; with LabelImg's labels. Then trains
there as the walk in docs/folder.md does, and prints accuracy and mean IoU of each model on the 300
and on the default's eval split, and the ratio of accuracies to the default's. `--pictures` stops
after the pictures.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.find import UNSEEN, lines_of
from components.digit_example_gen.glyphs import Glyphs
from components.digit_example_gen.sources import mnist
from vocabulary.boxes import Edges
from vocabulary.classes import TEN
from vocabulary.labels import yolo
from vocabulary.labels.record import Annotated, Object

PICTURES: Final = {"train": 200, "test": 300}
SIDES: Final = np.array([180, 240])
"""Height and width in pixels."""
CONTRAST: Final = 80
"""Of 255, between ink and ground as grey, at least."""
TEXTURE: Final = 25
"""Of 255, how far the ground goes up and down."""
NOT_BLESSED: Final = 3
"""The exit status of such a run."""
DRAWN: Final = "default"
WARM: Final = {
    "mixed": (
        "source={kind: mixed, parts: [{kind: handwriting, share: 0.8},"
        " {kind: folder, dir: mine, share: 0.2}]}",
        "splits.train=10000",
    ),
    "alone": ("source.kind=folder", "source.dir=mine", "training.epochs=50"),
}
"""Settings of each training that goes on from the default's."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("mnist", help="folder of the IDX files")
    parser.add_argument("folder", type=Path, help="a new one")
    parser.add_argument("--pictures", action="store_true", help="make the pictures alone")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    write(folder / "mine", mnist.load(arguments.mnist, splits=("train",))["train"])
    if arguments.pictures:
        return
    digits(folder, "run", "--workspace", DRAWN)
    for name, settings in WARM.items():
        shutil.copytree(folder / DRAWN, folder / name)
        options = [
            word for one in (*settings, "training.warm_start=true") for word in ("--set", one)
        ]
        digits(folder, "run", "--workspace", name, *options)
    for what, pictures in (("own", ("--data", "mine/test")), ("drawn", ("--split", "eval"))):
        report(folder, what, *pictures)


def digits(folder: Path, *words: str) -> str:
    """What a command prints as JSON in a folder; a run whose model is not blessed is one, too."""
    print(" ".join(f"'{word}'" if " " in word else word for word in ("digits", *words)))
    command = [str(Path(sys.executable).with_name("digits").absolute()), *words, "--json"]
    ended = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    if ended.returncode not in (0, NOT_BLESSED):
        # Else the copy of the default's model would be taken for the one that was to be trained.
        raise SystemExit(f"own pictures: digits {words[0]} ended with {ended.returncode}")
    return ended.stdout


def report(folder: Path, what: str, *pictures: str) -> None:
    """Prints how the models of all workspaces read the same pictures."""
    models = [str(newest(folder, name)) for name in (DRAWN, *WARM)]
    compared = json.loads(digits(folder, "compare", *models, "--workspace", DRAWN, *pictures))
    drawn, *others = compared["whole"]["metrics"].values()
    for name, metrics in zip((DRAWN, *WARM), (drawn, *others), strict=True):
        accuracy, iou = (metrics[key]["value"] for key in ("accuracy", "mean_iou"))
        ratio = accuracy / drawn["accuracy"]["value"]
        print(f"{what}, {name}: accuracy {accuracy:.4f}, mean IoU {iou:.4f}, ratio {ratio:.2f}")


def newest(folder: Path, workspace: str) -> Path:
    """The model that a workspace's last run trained, pushed or not."""
    models = (folder / workspace / "artifacts/Trainer/model").iterdir()
    path = max(models, key=lambda model: int(model.name)) / "Format-Serving"
    return path.relative_to(folder)


def write(folder: Path, glyphs: Glyphs) -> None:
    """Writes the pictures, of digits that the default does not train on, and their labels."""
    random = np.random.default_rng(0)
    unseen = iter(UNSEEN + random.permutation(len(glyphs) - UNSEEN))
    records = []
    for split, count in PICTURES.items():
        (folder / split).mkdir(parents=True)
        for index in range(count):
            glyph = next(unseen)
            pixels, box = draw(glyphs.pictures[glyph], random)
            path = f"{split}/{index}.jpg"
            Image.fromarray(pixels).save(folder / path)
            records.append(Annotated(path, (Object(TEN[glyphs.labels[glyph]], box, ""),)))
    yolo.write(folder, records, TEN)


def draw(glyph: NDArray[np.uint8], random: np.random.Generator) -> tuple[NDArray[np.uint8], Edges]:
    """A picture, uint8 [height, width, 3], and the box around its ink."""
    ink = lines_of(glyph, random.uniform(50, 130), random.uniform(0.08, 0.16))
    top, left = random.integers(0, SIDES - ink.shape + 1)
    bottom, right = np.array([top, left]) + ink.shape
    alpha = np.zeros((*SIDES, 1))
    alpha[top:bottom, left:right, 0] = ink
    colour, ground = next(
        pair for pair in pairs(random) if abs(np.ptp(pair.mean(axis=1))) > CONTRAST
    )
    coarse = random.uniform(-TEXTURE, TEXTURE, (12, 16)).astype(np.float32)
    texture = np.array(Image.fromarray(coarse).resize(SIDES[::-1], Image.Resampling.BICUBIC))
    pixels = alpha * colour + (1 - alpha) * (ground + texture[..., np.newaxis])
    height, width = SIDES.tolist()
    box = (left / width, top / height, right / width, bottom / height)
    return np.clip(pixels, 0, 255).astype(np.uint8), box


def pairs(random: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Pairs of colours of ink and ground, float [2, 3]."""
    while True:
        yield random.uniform(0, 255, (2, 3))


if __name__ == "__main__":
    main()
