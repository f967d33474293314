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

from components.digit_example_gen.drawn import Drawn, label
from components.digit_example_gen.example import as_examples
from components.digit_example_gen.picture import Picture
from components.digit_example_gen.sources import handwriting
from components.digit_example_gen.synthesis import (
    EXAMPLES_PER_SHARD,
    Recipe,
    Shard,
    draw_shard,
    write_shard,
)
from pipeline.config.file import read_config
from vocabulary.classes import TEN

ROUNDS = 7
SPLITS = ("train", "eval")
DATA = read_config().data
RECIPE = Recipe(DATA.model_dump_json(), "train", SPLITS, 10**6)


def write_examples(folder: str, pictures: list[Picture]) -> None:
    labelled = (label(picture, "a", (0, "uci/0", ""), classes=TEN) for picture in pictures)
    write_shard(folder, Shard("baseline.gz", list(as_examples(labelled))))


def write_bare(folder: str, pictures: list[Picture]) -> None:
    pngs = [cv2.imencode(".png", picture.pixels)[1].tobytes() for picture in pictures]
    write_shard(folder, Shard("bare.gz", pngs))


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(start: int) -> tuple[float, ...]:
    """Median seconds of the processor for a shard, taken in turns: ours, the baseline, the bare."""
    cv2.setNumThreads(1)
    drawn = Drawn(DATA, handwriting.load(splits=SPLITS))
    pictures, _ = drawn.pictures("train", start, start + EXAMPLES_PER_SHARD)
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
