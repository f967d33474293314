"""The default's model on each part of its handwriting, and on test digits of MNIST.

    .venv/bin/python benchmarks/transfer.py FOLDER [KEY=VALUE ...]

FOLDER holds MNIST's IDX files. Trains the default config, with what is set over it, and judges the
model by the parts of the handwriting on the splits that it holds out: on `validation`, where
`splits.validation` asks for one, settings may be chosen; on `eval`, and on MNIST's 10,000 test
digits in the default's scenes, nothing is chosen.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import glob
import logging
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
import tensorflow_transform as tft
from trained import Quality, measure, prepare, read, train

from components.digit_example_gen.options import Augmentation
from evaluation.slices import parts
from pipeline.config.file import read_config
from vocabulary.features import SOURCE_ID
from vocabulary.splits import EVAL, TRAIN

TEST_DIGITS = 10_000
NO_WIDER = [f"augmentation.{name}=0" for name in Augmentation.model_fields]


def main(folder: str, *settings: str) -> None:
    logging.disable(logging.WARNING)
    config = read_config(None, settings)
    mnist = ["source.kind=mnist", f"source.dir={folder}", f"splits.eval={TEST_DIGITS}"]
    foreign = read_config(None, [*mnist, "splits.train=1000", *NO_WIDER])
    with tempfile.TemporaryDirectory() as own, tempfile.TemporaryDirectory() as other:
        data, unseen = prepare(Path(own), config), prepare(Path(other), foreign)
        model, _, seconds = train(config, data)
        print(f"transfer: trained in {seconds:.0f} s", flush=True)
        splits = Path(data.train_files[0]).parents[1]
        for split in config.splits:
            if split != TRAIN:
                show(split, judge_parts(model, f"{splits}/Split-{split}/*", data.transform))
        splits = Path(unseen.train_files[0]).parents[1]
        show("MNIST test", judge_parts(model, f"{splits}/Split-{EVAL}/*", data.transform))


def show(split: str, qualities: Iterator[tuple[str, int, Quality]]) -> None:
    for part, count, quality in qualities:
        print(f"transfer, {split}, {part}, {count} pictures: {quality}", flush=True)


def judge_parts(
    model: keras.Model, pattern: str, transform: tft.TFTransformOutput
) -> Iterator[tuple[str, int, Quality]]:
    """On each part of the handwriting in a split, with how many pictures that is."""
    records = tf.data.TFRecordDataset(sorted(glob.glob(pattern)), compression_type="GZIP")
    examples = [tf.train.Example.FromString(record) for record in records.as_numpy_iterator()]
    sources = [one.features.feature[SOURCE_ID].bytes_list.value[0] for one in examples]
    names = parts({SOURCE_ID: np.array(sources, object)}, len(sources))
    pictures, targets = read(pattern, transform, len(sources))
    outputs = model.predict(pictures, batch_size=256, verbose=0)
    digits = np.argmax(outputs["logits"], axis=-1)
    for name in ("all", *np.unique(names)):
        chosen = (names == name) | (name == "all")
        of_part = {key: values[chosen] for key, values in targets.items()}
        yield name, chosen.sum(), measure(digits[chosen], outputs["box"][chosen], of_part)


if __name__ == "__main__":
    main(*sys.argv[1:])
