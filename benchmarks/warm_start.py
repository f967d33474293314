"""Epochs until the same quality: warm from the champion against from scratch.

    .venv/bin/python benchmarks/warm_start.py

A champion is trained on the default's scenes, fewer of them. Then the pictures change: more noise,
more clutter, digits turned further. The baseline trains on these from scratch, ours from the
champion's weights, with the same recipe and the same number of epochs. Quality is the mean of
accuracy and mean IoU on the new eval split. Prints it by epoch, and how many epochs either takes to
reach what the baseline ends with.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import logging
import tempfile
from pathlib import Path

from trained import Trained, prepare, train

from pipeline.config.file import read_config

SMALL = ["splits.train=8000", "splits.eval=1000", "training.epochs=4"]
CHANGED = ["scene.noise=[0.04,0.1]", "scene.clutter=[2,5]", "scene.rotation=[-20,20]"]


def qualities(trained: Trained) -> list[float]:
    return [(row["val_logits_accuracy"] + row["val_box_iou"]) / 2 for row in trained.history.rows]


def main() -> None:
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as before, tempfile.TemporaryDirectory() as after:
        usual, changed = read_config(None, SMALL), read_config(None, [*SMALL, *CHANGED])
        champion = train(usual, prepare(Path(before), usual))
        data = prepare(Path(after), changed)
        cold = qualities(train(changed, data))
        warm = qualities(train(changed, data, start_from=champion.model))
    reached = [n for n, quality in enumerate(warm, start=1) if quality >= cold[-1]]
    for name, values in (("from scratch", cold), ("warm", warm)):
        print(f"warm start, {name}: {', '.join(f'{value:.4f}' for value in values)}")
    if not reached:
        raise SystemExit("warm start: it never reached what training from scratch did")
    print(
        f"warm start: {len(cold)} epochs against {reached[0]}, ratio {len(cold) / reached[0]:.1f}"
    )


if __name__ == "__main__":
    main()
