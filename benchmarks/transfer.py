"""The default's model, made of UCI handwriting, on MNIST digits that it never saw.

    .venv/bin/python benchmarks/transfer.py FOLDER [KEY=VALUE ...]

FOLDER holds MNIST's IDX files. Trains the default config, with what is set over it, and judges the
model three times: on its own eval split; on MNIST's training digits in the default's scenes, which
scenes and augmentation may be chosen by; on the 10,000 test digits in the same scenes, which
nothing is chosen by.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import logging
import sys
import tempfile
from pathlib import Path

from trained import judge, prepare, train

from components.digit_example_gen.options import Augmentation
from pipeline.config.file import read_config

MNIST = {"train": 10_000, "eval": 10_000}
NO_WIDER = [f"augmentation.{name}=0" for name in Augmentation.model_fields]


def main(folder: str, *settings: str) -> None:
    logging.disable(logging.WARNING)
    config = read_config(None, settings)
    sizes = [f"splits.{name}={size}" for name, size in MNIST.items()]
    foreign = read_config(None, ["source.kind=mnist", f"source.dir={folder}", *sizes, *NO_WIDER])
    with tempfile.TemporaryDirectory() as own, tempfile.TemporaryDirectory() as other:
        data, unseen = prepare(Path(own), config), prepare(Path(other), foreign)
        model = train(config, data).model
        for name, pattern, size in (
            ("UCI eval split", data.validation_files[0], config.splits[config.watched_split]),
            ("MNIST training digits", unseen.train_files[0], MNIST["train"]),
            ("MNIST test digits", unseen.validation_files[0], MNIST["eval"]),
        ):
            print(f"transfer, {name}: {judge(model, pattern, data.transform, size)}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
