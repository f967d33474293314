"""Training in bfloat16 against float32: how much sooner, and whether it costs quality.

    .venv/bin/python benchmarks/precision.py

The default config twice, from the same seed on the same examples, through the Trainer's own loop;
float32 is the baseline. Prints the quality of both on the eval split, and the ratio of the images
per second of their last epochs. Where the device does not compute in bfloat16 the ratio is low.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import logging
import tempfile
from pathlib import Path

from trained import prepare, train

from pipeline.config.file import read_config


def main() -> None:
    logging.disable(logging.WARNING)
    speeds = {}
    with tempfile.TemporaryDirectory() as root:
        for precision in ("float32", "bfloat16"):
            config = read_config(None, [f"training.precision={precision}"])
            last = train(config, prepare(Path(root), config)).history.rows[-1]
            speeds[precision] = last["images_per_second"]
            print(
                f"precision, {precision}: {speeds[precision]:,.0f} images/s, accuracy "
                f"{last['val_logits_accuracy']:.4f}, mean IoU {last['val_box_iou']:.4f}",
                flush=True,
            )
    print(f"precision: ratio {speeds['bfloat16'] / speeds['float32']:.2f}")


if __name__ == "__main__":
    main()
