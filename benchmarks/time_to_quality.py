"""Seconds until the quality of the tutorial network after its ten epochs: `edge` against `lab`.

    .venv/bin/python benchmarks/time_to_quality.py FOLDER

FOLDER holds MNIST's IDX files. The baseline is the tutorial's network with its own recipe,
that of `configs/lab.yaml`: ten epochs of 60,000 digits in float32, each digit put somewhere else in
each epoch, as in the tutorial. Ours trains `edge` on the first 6,400 of the same pictures, once.
Both go through the Trainer's own loop, compilation included, watched on one batch; then both are
judged on the 10,000 test digits; in turns, with three seeds, of data and weights. The quality to
reach is what is known of the tutorial's network: accuracy 0.981, and 93.2% of boxes at IoU 0.6.
Prints the quality of both, and baseline / ours for the seconds: mean and standard deviation.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import logging
import statistics
import sys
import tempfile
from pathlib import Path

from trained import Quality, judge, prepare, train

from pipeline.config.config import Config
from pipeline.config.file import read_config

SEEDS = (20, 21, 22)
CONFIGS = Path(__file__).parent.parent / "configs"
KNOWN_ACCURACY, KNOWN_IOU_AT_60 = 0.981, 0.932
TRIALS = {
    "lab": ("lab.yaml", ["training.precision=float32"]),
    "edge": (
        "lab_edge.yaml",
        [
            "splits.train=6400",
            "training.epochs=1",
            "training.batch_size=32",
            "task.box_weight=2.0",
        ],
    ),
}


def barely_watched(config: Config) -> Config:
    """The same but for what is watched while it trains: judging ten times over is no training."""
    splits = {**config.splits, "eval": config.training.batch_size}
    return config.model_copy(update={"splits": splits})


def timed(name: str, seed: int, folder: str) -> tuple[float, Quality]:
    """Seconds of a training, and how good it is."""
    file, settings = TRIALS[name]
    config = read_config(CONFIGS / file, [f"source.dir={folder}", f"seed={seed}", *settings])
    with tempfile.TemporaryDirectory() as root:
        data = prepare(Path(root), config)
        trained = train(barely_watched(config), data)
        quality = judge(
            trained.model, data.validation_files[0], data.transform, config.splits["eval"]
        )
    print(f"time to quality, {name}, seed {seed}: {trained.seconds:.1f} s, {quality}", flush=True)
    return trained.seconds, quality


def main(folder: str) -> None:
    logging.disable(logging.WARNING)
    ratios, reached = [], []
    for seed in SEEDS:
        (theirs, _), (ours, quality) = (timed(name, seed, folder) for name in TRIALS)
        ratios.append(theirs / ours)
        reached.append(quality)
    accuracy, _, iou_at_60 = map(statistics.mean, zip(*reached, strict=True))
    if accuracy < KNOWN_ACCURACY or iou_at_60 < KNOWN_IOU_AT_60:
        raise SystemExit("time to quality: edge did not reach what is known of the tutorial's")
    print(
        f"time to quality: ratio {statistics.mean(ratios):.1f} ± {statistics.stdev(ratios):.1f}, "
        f"edge's accuracy {accuracy:.4f} on average"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
