"""Seconds until the quality of the tutorial network after its ten epochs: `edge` against `lab`.

    .venv/bin/python benchmarks/time_to_quality.py FOLDER

FOLDER holds MNIST's IDX files. The baseline is the tutorial's network with its own recipe,
that of `configs/lab.yaml`: ten epochs of 60,000 digits in float32, each digit put somewhere else in
each epoch, as in the tutorial. Ours trains `edge` on the first 9,600 of the same pictures, once.
Both go through the Trainer's own loop, compilation included, watched on one batch; then both are
judged on the 10,000 test digits. The quality to reach is what is known of the tutorial's network:
accuracy 0.981, and 93.2% of boxes at IoU 0.6. Prints the quality of both, and baseline / ours for
the seconds.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import logging
import sys
import tempfile
from pathlib import Path

from trained import judge, prepare, train

from pipeline.config.config import Config
from pipeline.config.file import read_config

CONFIGS = Path(__file__).parent.parent / "configs"
KNOWN_ACCURACY, KNOWN_IOU_AT_60 = 0.981, 0.932
TRIALS = {
    "lab": ("lab.yaml", ["training.precision=float32"]),
    "edge": (
        "lab_edge.yaml",
        [
            "splits.train=9600",
            "training.epochs=1",
            "training.batch_size=20",
            "training.learning_rate=0.003",
            "task.box_weight=2.0",
        ],
    ),
}


def barely_watched(config: Config) -> Config:
    """The same but for what is watched while it trains: judging ten times over is no training."""
    splits = {**config.splits, "eval": config.training.batch_size}
    return config.model_copy(update={"splits": splits})


def main(folder: str) -> None:
    logging.disable(logging.WARNING)
    seconds, reached = {}, {}
    for name, (file, settings) in TRIALS.items():
        config = read_config(CONFIGS / file, [f"source.dir={folder}", *settings])
        with tempfile.TemporaryDirectory() as root:
            data = prepare(Path(root), config)
            trained = train(barely_watched(config), data)
            quality = judge(
                trained.model, data.validation_files[0], data.transform, config.splits["eval"]
            )
        seconds[name], reached[name] = trained.seconds, quality
        print(f"time to quality, {name}: {seconds[name]:.0f} s, {quality}", flush=True)
    ours = reached["edge"]
    if ours.accuracy < KNOWN_ACCURACY or ours.iou_at_60 < KNOWN_IOU_AT_60:
        raise SystemExit("time to quality: edge did not reach what is known of the tutorial's")
    print(f"time to quality: ratio {seconds['lab'] / seconds['edge']:.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
