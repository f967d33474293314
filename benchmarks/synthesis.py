"""How fast pictures are drawn, against only encoding and writing the same pictures.

    .venv/bin/python benchmarks/synthesis.py

The baseline is handed finished pictures with their facts and does nothing but PNG-encode them and
write them as gzipped TFRecords of tf.Example. Ours draws the same pictures first and measures their
boxes. Prints ours / baseline (1 would mean that drawing is free) for 1 process and for 2 at once,
and the same against writing bare PNGs without a tf.Example around them.
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

from components.digit_example_gen.scene import Picture
from components.digit_example_gen.synthesis import (
    EXAMPLES_PER_SHARD,
    Recipe,
    Shard,
    as_example,
    draw_shard,
    write_shard,
)
from pipeline.config_file import read_config
from vocabulary import features

ROUNDS = 7
RECIPE = Recipe(read_config().data.model_dump_json(), "train", ("train", "eval"), 10**6)


def redrawn(serialized: bytes) -> tuple[Picture, int]:
    """The picture and the label of a tf.Example, as they were before it was written."""
    known = tf.train.Example.FromString(serialized).features.feature
    png = np.frombuffer(known[features.IMAGE].bytes_list.value[0], np.uint8)
    facts = (features.SCALE, features.ROTATION, features.CONTRAST, features.NOISE)
    picture = Picture(
        cv2.imdecode(png, cv2.IMREAD_GRAYSCALE),
        tuple(round(75 * known[key].float_list.value[0]) for key in features.BOX),
        *(known[key].float_list.value[0] for key in facts),
        known[features.CLUTTER].int64_list.value[0],
    )
    return picture, known[features.LABEL].int64_list.value[0]


def write_examples(folder: str, pictures: list[tuple[Picture, int]]) -> None:
    examples = [as_example(picture, label=label, source_id="uci/0") for picture, label in pictures]
    write_shard(folder, Shard("baseline.gz", examples))


def write_bare(folder: str, pictures: list[tuple[Picture, int]]) -> None:
    pngs = [cv2.imencode(".png", picture.pixels)[1].tobytes() for picture, _ in pictures]
    write_shard(folder, Shard("bare.gz", pngs))


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(start: int) -> tuple[float, ...]:
    """Median seconds a shard, taken in turns: ours, the baseline, the bare one."""
    cv2.setNumThreads(1)
    pictures = [redrawn(example) for example in draw_shard(RECIPE, start).examples]
    with tempfile.TemporaryDirectory() as folder:
        times = [
            (
                seconds(lambda: write_shard(folder, draw_shard(RECIPE, start))),
                seconds(lambda: write_examples(folder, pictures)),
                seconds(lambda: write_bare(folder, pictures)),
            )
            for _ in range(ROUNDS)
        ]
    return tuple(statistics.median(column) for column in zip(*times, strict=True))


def main() -> None:
    for processes in (1, 2):
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            starts = [i * EXAMPLES_PER_SHARD for i in range(processes)]
            results = pool.map(measure, starts, chunksize=1)
        ours, baseline, bare = (
            sum(EXAMPLES_PER_SHARD / took for took in column)
            for column in zip(*results, strict=True)
        )
        print(
            f"synthesis, {processes} process{'es' * (processes > 1)}: ours {ours:,.0f}/s; "
            f"only encode and write {baseline:,.0f}/s, ratio {ours / baseline:.2f}; "
            f"bare PNGs {bare:,.0f}/s, ratio {ours / bare:.2f}"
        )


if __name__ == "__main__":
    main()
