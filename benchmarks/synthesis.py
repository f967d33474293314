"""How fast pictures are drawn, against only encoding and writing the same pictures.

    .venv/bin/python benchmarks/synthesis.py

The baseline is handed finished pictures and does nothing but PNG-encode them and write gzipped
TFRecords. Ours draws them, measures their boxes, encodes, serializes tf.Examples and writes.
Prints ours / baseline (1 would mean that drawing is free) for 1 process and for 2 at once.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable

import cv2
import numpy as np
import tensorflow as tf

from components.digit_example_gen.synthesis import (
    EXAMPLES_PER_SHARD,
    Recipe,
    draw_shard,
    write_shard,
)
from pipeline.config_file import read_config
from vocabulary import features

ROUNDS = 7
RECIPE = Recipe(read_config().data.model_dump_json(), "train", ("train", "eval"), 10**6)


def pictures_of(serialized: list[bytes]) -> list[np.ndarray]:
    examples = (tf.train.Example.FromString(one).features.feature for one in serialized)
    pngs = (example[features.IMAGE].bytes_list.value[0] for example in examples)
    return [cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE) for png in pngs]


def encode_and_write(folder: str, pictures: list[np.ndarray]) -> None:
    options = tf.io.TFRecordOptions("GZIP")
    with tf.io.TFRecordWriter(f"{folder}/baseline.gz", options) as writer:
        for picture in pictures:
            writer.write(cv2.imencode(".png", picture)[1].tobytes())


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(start: int) -> tuple[float, float]:
    """Median seconds a shard: baseline and ours, taken in turns."""
    cv2.setNumThreads(1)
    pictures = pictures_of(draw_shard(RECIPE, start).examples)
    with tempfile.TemporaryDirectory() as folder:
        times = [
            (
                seconds(lambda: encode_and_write(folder, pictures)),
                seconds(lambda: write_shard(folder, draw_shard(RECIPE, start))),
            )
            for _ in range(ROUNDS)
        ]
    baseline, ours = (statistics.median(column) for column in zip(*times, strict=True))
    return baseline, ours


def main() -> None:
    for processes in (1, 2):
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            starts = [i * EXAMPLES_PER_SHARD for i in range(processes)]
            results = pool.map(measure, starts, chunksize=1)
        baseline, ours = (
            sum(EXAMPLES_PER_SHARD / took for took in column)
            for column in zip(*results, strict=True)
        )
        print(
            f"synthesis, {processes} process{'es' * (processes > 1)}: ours {ours:,.0f}/s, "
            f"encode-and-write baseline {baseline:,.0f}/s, ratio {ours / baseline:.2f}"
        )


if __name__ == "__main__":
    main()
