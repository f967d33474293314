"""Training as the Trainer does it, against a plain Keras `fit` on arrays in memory.

    .venv/bin/python benchmarks/training.py

The baseline holds the same pictures, decoded and normalised, in memory and calls `model.fit` on
them. Ours reads gzipped TFRecords, decodes, transforms and shifts every picture, reports progress
and saves checkpoints. The same network, optimiser, batches and precision in both, in turns; images
per second are the median over epochs but the first, without validation. Also prints how much faster
the input alone is than the training that it feeds, in its first epoch, which decodes, and later.
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

from pipeline.config.file import read_config
from trainer.history import History, KeepHistory
from trainer.input import Batches
from trainer.network import build_network
from trainer.options import TrainerOptions
from trainer.precision import choose_precision, computing_in
from trainer.training import Checkpoints, Data, compile_model, fit, training_of

ROUNDS, EPOCHS = 3, 6
SIZE = 4800
CONFIG = read_config(None, [f"splits.train={SIZE}", "splits.eval=64", f"training.epochs={EPOCHS}"])


def network(options: TrainerOptions, data: Data) -> keras.Model:
    keras.utils.set_random_seed(options.seed)
    with computing_in(choose_precision(options.training.precision)):
        model = build_network(options.task, options.model, data.transform)
    compile_model(model, options)
    return model


def batches(options: TrainerOptions, data: Data, model: keras.Model) -> Batches:
    return Batches(
        data.train_files,
        data.transform,
        targets={name: training_of(options.task).TARGETS[name] for name in model.output_names},
        batch_size=options.training.batch_size,
        steps=options.steps_per_epoch,
    )


def ours(options: TrainerOptions, data: Data) -> float:
    with tempfile.TemporaryDirectory() as folder:
        history = fit(network(options, data), options, data, Checkpoints(folder, folder))
    return speed(history)


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
    return speed(history)


def speed(history: History) -> float:
    return statistics.median(row["images_per_second"] for row in history.rows[1:])


def input_alone(options: TrainerOptions, data: Data) -> list[float]:
    steps = options.steps_per_epoch
    source = batches(options, data, network(options, data))
    augmentation = training_of(options.task).build_augmentation(options.task)
    stream = iter(source.shuffled(start=0, stop=2 * steps, seed=1, augmentation=augmentation))
    speeds = []
    for _ in range(2):
        began = time.perf_counter()
        for _ in range(steps):
            next(stream)
        speeds.append(steps * options.training.batch_size / (time.perf_counter() - began))
    return speeds


def main() -> None:
    logging.disable(logging.WARNING)
    options = CONFIG.trainer
    with tempfile.TemporaryDirectory() as root:
        data = prepare(Path(root), CONFIG)
        pairs = [(ours(options, data), plain(options, data)) for _ in range(ROUNDS)]
        first, later = input_alone(options, data)
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    print(
        f"training, {options.model.kind}: ours {mine:,.0f} images/s, plain Keras fit in memory "
        f"{theirs:,.0f}/s, ratio {ratio:.2f} "
        f"({', '.join(f'{mine / theirs:.2f}' for mine, theirs in pairs)}); the input alone "
        f"{first:,.0f}/s in the first epoch, {first / mine:.1f} times what training takes, "
        f"{later:,.0f}/s later"
    )


if __name__ == "__main__":
    main()
