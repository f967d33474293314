"""Pictures of one's own with YOLO's labels, against the drawn data set that they are from.

    .venv/bin/python -m benchmarks.persian_folder FOLDER [--share 0.05]

Writes 3,000 pictures of the Persian digits 3, 5 and 7 into FOLDER, as `configs/persian.yaml` draws
them: `train/`, `val/` and `test/`, each of other families of fonts, with LabelImg's labels. Trains
on them ten times with one command, which it prints, and on the source itself, which draws 10,000 to
train on, as often as the config says. Prints accuracy and pooled IoU of both on the family that was
never trained on, and the ratios. `--share` takes so much of all pictures, to try it out.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import tensorflow as tf

from components.digit_example_gen.sources import open_source
from pipeline.config.file import read_config
from vocabulary import features
from vocabulary.labels import yolo
from vocabulary.labels.record import Annotated, Object
from vocabulary.source import Source

CONFIG: Final = Path("configs/persian.yaml")
CLASSES: Final = ("3", "5", "7")
READ: Final = f"task.classes=[{','.join(CLASSES)}]"
PICTURES: Final = {"train": 2000, "validation": 250, "eval": 750}
DRAWN: Final = {"train": 10_000, "eval": 2000}
PLACES: Final = {"train": "train", "validation": "val", "eval": "test"}
EPOCHS: Final = 10
METRICS: Final = ("accuracy", "pooled_iou")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="a new one")
    parser.add_argument("--share", type=float, default=1.0)
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    pictures, drawn = (
        {split: round(count * arguments.share) for split, count in splits.items()}
        for splits in (PICTURES, DRAWN)
    )
    source = open_source(read_config(CONFIG, [READ]).data, (*PICTURES,))
    records = [one for split in PICTURES for one in write(folder, source, split, pictures[split])]
    yolo.write(folder, records, CLASSES)
    labelled = f"source={{kind: folder, dir: {folder}}}"
    theirs = run(READ, *(f"splits.{split}={count}" for split, count in drawn.items()))
    ours = run(READ, labelled, "splits.validation=1", f"training.epochs={EPOCHS}")
    for metric in METRICS:
        print(
            f"persian folder, {metric}: {ours[metric]:.4f}, drawn {theirs[metric]:.4f}, "
            f"ratio {ours[metric] / theirs[metric]:.3f}"
        )


def write(folder: Path, source: Source, split: str, count: int) -> Iterator[Annotated]:
    """Writes so many pictures of a split as they are; gives their labels."""
    (folder / PLACES[split]).mkdir(parents=True, exist_ok=True)
    chunk = source.examples(split, 0, count)
    for index, serialized in enumerate(chunk.examples):
        feature = tf.train.Example.FromString(serialized).features.feature
        path = f"{PLACES[split]}/{index}.png"
        (folder / path).write_bytes(feature[features.IMAGE].bytes_list.value[0])
        xmin, ymin, xmax, ymax = (feature[key].float_list.value[0] for key in features.BOX)
        name = feature[features.TEXT].bytes_list.value[0].decode()
        yield Annotated(path, (Object(name, (xmin, ymin, xmax, ymax), ""),))


def run(*settings: str) -> dict[str, float]:
    """The metrics of a run in an empty workspace."""
    digits = str(Path(sys.executable).with_name("digits"))
    command = [digits, "run", "--config", str(CONFIG)]
    command += [word for setting in settings for word in ("--set", setting)]
    print(" ".join(f"'{word}'" if " " in word else word for word in ["digits", *command[1:]]))
    with tempfile.TemporaryDirectory() as workspace:
        command += ["--json", "--workspace", workspace]
        ended = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    metrics: dict[str, float] = json.loads(ended.stdout)["metrics"]
    return metrics


if __name__ == "__main__":
    main()
