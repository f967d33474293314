"""Training as the Trainer does it, against a plain Keras `fit` on arrays in memory.

    .venv/bin/python benchmarks/training.py

The baseline holds the same pictures, decoded and normalised, in memory and calls `model.fit` on
them. Ours reads gzipped TFRecords, decodes, transforms and shifts every picture, reports progress
and saves checkpoints. The same network, optimiser, batches and precision in both; images per second
are those of the last of two epochs without validation. Also prints how much faster the input alone
is than the training that it feeds.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import logging
import statistics
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
from trained import prepare

from pipeline.config_file import read_config
from trainer import losses
from trainer.history import History, KeepHistory
from trainer.input import Batches
from trainer.models import build_network
from trainer.options import TrainerOptions
from trainer.precision import choose_precision, computing_in
from trainer.training import Checkpoints, Data, compile_model, fit

ROUNDS = 3
SIZE = 9600
CONFIG = read_config(None, [f"splits.train={SIZE}", "splits.eval=64", "training.epochs=2"])


def network(options: TrainerOptions, data: Data) -> keras.Model:
    keras.utils.set_random_seed(options.seed)
    with computing_in(choose_precision(options.training.precision)):
        model = build_network(options.model.kind, data.transform)
    compile_model(model, options)
    return model


def batches(options: TrainerOptions, data: Data, model: keras.Model) -> Batches:
    return Batches(
        data.train_files,
        data.transform,
        targets={name: losses.TARGETS[name] for name in model.output_names},
        batch_size=options.training.batch_size,
        steps=options.steps_per_epoch,
    )


def ours(options: TrainerOptions, data: Data) -> float:
    with tempfile.TemporaryDirectory() as folder:
        history = fit(network(options, data), options, data, Checkpoints(folder, folder))
    return history.rows[-1]["images_per_second"]


def plain(options: TrainerOptions, data: Data) -> float:
    model, history = network(options, data), History()
    read = list(batches(options, data, model).in_order().as_numpy_iterator())
    pictures = np.concatenate([picture for picture, _ in read])
    targets = {name: np.concatenate([t[name] for _, t in read]) for name in model.output_names}
    model.fit(
        pictures,
        targets,
        batch_size=options.training.batch_size,
        epochs=options.training.epochs,
        callbacks=[KeepHistory(history, batch_size=options.training.batch_size)],
        verbose=0,
    )
    return history.rows[-1]["images_per_second"]


def input_alone(options: TrainerOptions, data: Data) -> float:
    steps = options.steps_per_epoch
    source = batches(options, data, network(options, data))
    stream = iter(source.shuffled(start=0, stop=steps, seed=1, shifted=options.training.shift))
    next(stream)  # fills the shuffle buffer
    began = time.perf_counter()
    for _ in stream:
        pass
    return (steps - 1) * options.training.batch_size / (time.perf_counter() - began)


def main() -> None:
    logging.disable(logging.WARNING)
    options = CONFIG.trainer
    with tempfile.TemporaryDirectory() as root:
        data = prepare(Path(root), CONFIG)
        pairs = [(ours(options, data), plain(options, data)) for _ in range(ROUNDS)]
        reading = input_alone(options, data)
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    print(
        f"training, {options.model.kind}: ours {mine:,.0f} images/s, plain Keras fit in memory "
        f"{theirs:,.0f}/s, ratio {ratio:.2f}; the input alone {reading:,.0f}/s, "
        f"{reading / mine:.1f} times what training takes"
    )


if __name__ == "__main__":
    main()
