"""`edge` against a classical baseline, on the hard scenes of `configs/mnist.yaml`.

    .venv/bin/python benchmarks/classical.py FOLDER

FOLDER holds MNIST's IDX files. The baseline finds the digit without learning: Otsu's threshold (N.
Otsu, IEEE Trans. SMC 1979), the largest connected component, its box. The reader of `edge` is then
trained on what those boxes cut out, with the recipe and the number of epochs of the whole network.
Both are judged on the 10,000 test digits. Prints the quality of both, and the margins.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import logging
import sys
import tempfile
from pathlib import Path

import cv2
import keras
import numpy as np
from trained import measure, prepare, read, train

from pipeline.config.config import Config
from pipeline.config.file import read_config
from tasks.localization.layers.glimpse import Glimpse
from tasks.localization.layers.reader import GLIMPSE_SIZE, read_digit, window_around
from tasks.localization.training import build_losses
from trainer.optimizer import build_optimizer
from trainer.precision import choose_precision, computing_in

FILE = Path(__file__).parent.parent / "configs" / "mnist.yaml"


def otsu_box(picture: np.ndarray) -> tuple[float, float, float, float]:
    """The box of the largest bright component of a picture [height, width]."""
    grey = cv2.normalize(picture, None, 0, 255, cv2.NORM_MINMAX, cv2.CV_8U)
    _, ink = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    left, top, width, height = stats[1 + np.argmax(stats[1:, cv2.CC_STAT_AREA]), :4]
    rows, columns = picture.shape
    return left / columns, top / rows, (left + width) / columns, (top + height) / rows


def cut_out(pictures: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """What the reader sees, [n, 28, 28, channels]."""
    glimpse, least = Glimpse(GLIMPSE_SIZE), min(pictures.shape[1:3])
    parts = range(0, len(pictures), 1000)
    return np.concatenate(
        [glimpse(pictures[n : n + 1000], window_around(least)(boxes[n : n + 1000])) for n in parts]
    )


def train_reader(config: Config, glimpses: np.ndarray, digits: np.ndarray) -> keras.Model:
    training = config.training
    keras.utils.set_random_seed(config.seed)
    with computing_in(choose_precision(training.precision)):
        glimpse = keras.Input(glimpses.shape[1:])
        model = keras.Model(glimpse, {"logits": read_digit(glimpse)[0]})
    optimizer = build_optimizer(training, steps=config.trainer.steps_per_epoch * training.epochs)
    loss = build_losses(config.task, model.output_names)
    model.compile(optimizer, loss=loss, jit_compile=False)
    model.fit(
        glimpses,
        {"logits": digits},
        batch_size=training.batch_size,
        epochs=training.epochs,
        verbose=0,
    )
    return model


def main(folder: str) -> None:
    logging.disable(logging.WARNING)
    config = read_config(FILE, [f"source.dir={folder}"])
    with tempfile.TemporaryDirectory() as root:
        data = prepare(Path(root), config)
        pictures, targets = read(data.train_files[0], data.transform, config.splits["train"])
        boxes = np.float32([otsu_box(picture[..., 0]) for picture in pictures])
        reader = train_reader(config, cut_out(pictures, boxes), targets["digit"])
        del pictures
        edge = train(config, data).model
        pictures, targets = read(data.validation_files[0], data.transform, config.splits["eval"])
    boxes = np.float32([otsu_box(picture[..., 0]) for picture in pictures])
    logits = reader.predict(cut_out(pictures, boxes), batch_size=256, verbose=0)["logits"]
    classical = measure(np.argmax(logits, axis=-1), boxes, targets)
    outputs = edge.predict(pictures, batch_size=256, verbose=0)
    ours = measure(np.argmax(outputs["logits"], axis=-1), outputs["box"], targets)
    print(f"classical, Otsu: {classical}")
    print(f"classical, edge: {ours}")
    print(
        f"classical: margins {ours.accuracy - classical.accuracy:+.4f} in accuracy, "
        f"{ours.mean_iou - classical.mean_iou:+.4f} in mean IoU"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
