"""Decoding in every epoch, against storing decoded pictures in Transform.

    .venv/bin/python benchmarks/transform.py

The baseline lets Transform materialise its output, as it does unless told otherwise, and reads that
in each epoch. Ours stores nothing and applies the transform graph while it reads. Both run the
Transform component through LocalDagRunner on the same examples and read two epochs. Prints
baseline / ours for the seconds of both together, and for the bytes that training reads.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import logging
import tempfile
import time
from pathlib import Path

import tensorflow as tf
import tensorflow_transform as tft
from trained import newest, run_transform

from pipeline.config.file import read_config
from trainer.input import Batches
from trainer.preprocessing import PICTURE

EPOCHS, BATCH, SIZE = 2, 64, 6400
CONFIG = read_config(None, [f"splits.train={SIZE}", "splits.eval=64"])


def read_stored(root: Path) -> tf.data.Dataset:
    spec = tft.TFTransformOutput(
        newest(root, "Transform", "transform_graph")
    ).transformed_feature_spec()
    files = tf.io.gfile.glob(f"{newest(root, 'Transform', 'transformed_examples')}/Split-train/*")
    batches = tf.data.TFRecordDataset(files, "GZIP", num_parallel_reads=4).batch(BATCH)
    return batches.map(lambda b: tf.io.parse_example(b, spec)[PICTURE], num_parallel_calls=2)


def read_on_the_fly(root: Path) -> tf.data.Dataset:
    transform = tft.TFTransformOutput(newest(root, "Transform", "transform_graph"))
    pattern = f"{root}/DigitExampleGen/examples/*/Split-train/*"
    batches = Batches([pattern], transform, targets={}, batch_size=BATCH, steps=SIZE // BATCH)
    return batches.in_order()


def measure(*, materialize: bool) -> tuple[float, int]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        run_transform(
            root, CONFIG, materialize=not materialize
        )  # so that the examples are there, and imports done
        began = time.perf_counter()
        run_transform(root, CONFIG, materialize=materialize)
        batches = read_stored(root) if materialize else read_on_the_fly(root)
        for _ in range(EPOCHS):
            for _ in batches:
                pass
        seconds = time.perf_counter() - began
        key = "Transform/transformed_examples" if materialize else "DigitExampleGen/examples"
        stored = sum(path.stat().st_size for path in (root / key).glob("*/Split-train/*"))
        return seconds, stored


def main() -> None:
    logging.disable(logging.WARNING)
    stored_s, stored_bytes = measure(materialize=True)
    fly_s, fly_bytes = measure(materialize=False)
    print(
        f"transform, {SIZE:,} examples and {EPOCHS} epochs: stored {stored_s:.1f} s, "
        f"{stored_bytes / SIZE:,.0f} bytes a picture; on the fly {fly_s:.1f} s, "
        f"{fly_bytes / SIZE:,.0f} bytes; ratio of time {stored_s / fly_s:.2f}, "
        f"of bytes {stored_bytes / fly_bytes:.2f}"
    )


if __name__ == "__main__":
    main()
