"""Seconds until the quality of the tutorial network after its ten epochs: `edge` against `lab`.

    .venv/bin/python benchmarks/time_to_quality.py FOLDER

FOLDER holds MNIST's IDX files. The baseline is `configs/lab.yaml` as it is: the tutorial's network
with its own recipe, ten epochs of 60,000 digits. Ours trains `edge` on the first 16,000 of the same
pictures, once. Both go through the Trainer's own loop, compilation included; both are judged on the
10,000 test digits. Prints the quality of both, and baseline / ours for the seconds.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import logging
import sys
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
from prepared import prepare

from pipeline.config import Config
from pipeline.config_file import read_config
from trainer import losses
from trainer.input import Batches
from trainer.models import build_network
from trainer.precision import choose_precision, computing_in
from trainer.training import Checkpoints, Data, compile_model, fit

OURS = [
    "model.kind=edge",
    "splits.train=16000",
    "training.epochs=1",
    "training.batch_size=32",
    "training.optimizer=adamw",
    "training.learning_rate=0.003",
    "training.schedule=cosine",
    "training.label_smoothing=0.05",
    "training.box_loss=giou_l1",
    "training.box_weight=2.0",
]


def train(config: Config, data: Data) -> tuple[keras.Model, float]:
    options = config.trainer
    began = time.perf_counter()
    keras.utils.set_random_seed(options.seed)
    with computing_in(choose_precision(options.training.precision)):
        model = build_network(options.model.kind, data.transform)
    compile_model(model, options)
    with tempfile.TemporaryDirectory() as folder:
        fit(model, options, data, Checkpoints(folder, folder))
    return model, time.perf_counter() - began


def judge(model: keras.Model, data: Data) -> tuple[float, float]:
    """Accuracy, and the share of boxes at IoU >= 0.6."""
    targets = {"logits": "digit", "box": "box"}
    batches = Batches(
        data.validation_files, data.transform, targets=targets, batch_size=500, steps=20
    )
    right: list[np.ndarray] = []
    found: list[np.ndarray] = []
    for pictures, true in batches.in_order():
        outputs = model(pictures, training=False)
        right.append(np.argmax(outputs["logits"], axis=-1) == true["logits"].numpy().ravel())
        found.append(np.asarray(losses.iou(true["box"], outputs["box"])) >= 0.6)
    return float(np.mean(right)), float(np.mean(found))


def main(folder: str) -> None:
    logging.disable(logging.WARNING)
    path = Path(__file__).parent.parent / "configs/lab.yaml"
    configs = {
        "lab": read_config(path, [f"source.dir={folder}"]),
        "edge": read_config(path, [f"source.dir={folder}", *OURS]),
    }
    took = {}
    for name, config in configs.items():
        with tempfile.TemporaryDirectory() as root:
            data = prepare(Path(root), config)
            model, took[name] = train(config, data)
            accuracy, found = judge(model, data)
        print(
            f"time to quality, {name}: {took[name]:.0f} s, accuracy {accuracy:.4f}, "
            f"IoU >= 0.6 {found:.4f}",
            flush=True,
        )
    print(f"time to quality: ratio {took['lab'] / took['edge']:.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
