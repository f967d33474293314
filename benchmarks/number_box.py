"""The box of a whole number: around a mask of its ink, and regressed at once.

    .venv/bin/python benchmarks/number_box.py MODEL FOLDER [KEY=VALUE ...]

MODEL is a version that `digits run --config configs/segmentation.yaml` pushed or exported, and
FOLDER holds MNIST's IDX files. Beside it `edge` of the task localization is trained for the box
alone, with no loss of classes, on the same pictures as often and by the same optimiser; what is set
over the config is for both. Its target is the box around the true ink. Both are judged on the eval
split, on pictures with ink, by boxes in whole pixels. Prints the mean IoU, the shares of boxes at
IoU 0.9 and 0.75, and the ratio of what the two lack of an IoU of 1.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import glob
import logging
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from trained import prepare

from pipeline.config.config import Config
from pipeline.config.file import read_config
from tasks.localization.losses import giou_l1, where_digits
from tasks.localization.networks import edge
from tasks.segmentation.targets import MASK
from trainer.input import Batches
from trainer.optimizer import build_optimizer
from trainer.precision import choose_precision, computing_in
from trainer.training import Data
from vocabulary.boxes import iou
from vocabulary.splits import EVAL, TRAIN

CONFIG = Path(__file__).parent.parent / "configs" / "segmentation.yaml"
BATCH = 50

Boxes = Callable[[list[bytes], np.ndarray], np.ndarray]
"""From serialized examples and their pictures float32 [n, h, w, c] to boxes float32 [n, 4]."""


def main(model: str, folder: str, *settings: str) -> None:
    logging.disable(logging.WARNING)
    config = read_config(CONFIG, [f"source.dir={folder}", *settings])
    with tempfile.TemporaryDirectory() as root:
        data = prepare(Path(root), config)
        pattern = f"{Path(data.train_files[0]).parents[1]}/Split-{EVAL}/*"
        regression = train_regression(config, data)
        ask = tf.saved_model.load(model).signatures["serving_examples"]
        named: dict[str, Boxes] = {
            "around the mask": lambda examples, _: ask(examples=tf.constant(examples))["box"],
            "regressed": lambda _, pictures: regression(pictures, training=False)["box"],
        }
        missed = [judge(name, boxes, pattern, config, data) for name, boxes in named.items()]
    print(f"number box: ratio {missed[1] / missed[0]:.2f} of what is missed, regressed / mask")


def train_regression(config: Config, data: Data) -> keras.Model:
    """`edge` without its classes, trained on the boxes around the true ink."""
    training, canvas = config.training, config.data.canvas
    with computing_in(choose_precision(training.precision)):
        whole = edge.build(
            canvas.height, canvas.width, canvas.channels, task=read_config(None).task
        )
    outputs = {name: whole.output[name] for name in ("box", "coarse_box")}
    model = keras.Model(whole.input, outputs, name="regression")
    per_epoch = config.splits[TRAIN] // training.batch_size
    steps = per_epoch * training.epochs
    loss = where_digits(giou_l1)
    model.compile(build_optimizer(training, steps=steps), loss=dict.fromkeys(outputs, loss))
    batches = Batches(
        data.train_files, data.transform, targets={MASK: MASK}, batch_size=training.batch_size,
        steps=per_epoch,
    ).shuffled(start=0, stop=steps, seed=config.seed)  # fmt: skip
    began = time.perf_counter()
    model.fit(
        batches.map(lambda picture, of: (picture, dict.fromkeys(outputs, around(of[MASK])))),
        shuffle=False,  # the input does
        verbose=0,
    )
    seconds = time.perf_counter() - began
    print(
        f"number box: the regression has {model.count_params():,} parameters, and was trained on "
        f"{steps * training.batch_size:,} pictures in {seconds:.0f} s",
        flush=True,
    )
    return model


def around(masks: tf.Tensor) -> tf.Tensor:
    """The box float32 [batch, 4] around what is ink of masks [batch, h, w, 1]; zeros for none."""
    ink = masks[..., 0] >= 0.5
    edges = []
    for axis in (1, 2):  # of each column, which gives x, and then of each row
        line = tf.cast(tf.reduce_any(ink, axis=axis), tf.int32)
        low, high = tf.argmax(line, axis=1), line.shape[1] - tf.argmax(line[:, ::-1], axis=1)
        edges.append([tf.cast(edge, tf.float32) / line.shape[1] for edge in (low, high)])
    there = tf.cast(tf.reduce_any(ink, axis=(1, 2)), tf.float32)
    (xmin, xmax), (ymin, ymax) = edges
    return there[:, tf.newaxis] * tf.stack([xmin, ymin, xmax, ymax], axis=1)


def judge(name: str, boxes: Boxes, pattern: str, config: Config, data: Data) -> float:
    """Prints how good the boxes are; returns what they lack of an IoU of 1, on average."""
    count = config.splits[EVAL] // BATCH
    batches = Batches(
        [pattern], data.transform, targets={MASK: MASK}, batch_size=BATCH, steps=count
    ).in_order()
    records = tf.data.TFRecordDataset(sorted(glob.glob(pattern)), compression_type="GZIP")
    examples = records.batch(BATCH).as_numpy_iterator()
    canvas = config.data.canvas
    size = np.array([canvas.width, canvas.height] * 2)
    ious = []
    for (pictures, targets), serialized in zip(batches, examples, strict=False):
        predicted = np.asarray(boxes(list(serialized), pictures))
        true = around(targets[MASK]).numpy()
        there = true[:, 2] > 0
        ious.append(iou(np.round(predicted * size) / size, true)[there])
    all_ious = np.concatenate(ious)
    print(
        f"number box, {name}: mean IoU {all_ious.mean():.4f}, "
        f"at 0.9 {np.mean(all_ious >= 0.9):.4f}, at 0.75 {np.mean(all_ious >= 0.75):.4f} "
        f"of {len(all_ious):,} pictures",
        flush=True,
    )
    return float(1.0 - all_ious.mean())


if __name__ == "__main__":
    main(*sys.argv[1:])
