"""The whole of `digits run`, against a plain script that makes, trains on and judges the same.

    .venv/bin/python benchmarks/whole_run.py

The baseline draws the same examples into memory, trains the same network on them with a plain
`fit`, with the same recipe, precision and augmentation, and measures accuracy and mean IoU on the
eval split. Ours is a run in an empty workspace: it also stores the examples, checks them, keeps
checkpoints, judges every metric on every slice with intervals, serves the model, pushes it and
draws a report. Each is a process of its own, its start included. Prints ours / baseline for the
seconds that each took and for those of the processor; above `GOAL` the exit status is 1.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import keras
import numpy as np
import tensorflow as tf

from components.digit_example_gen.sources import open_source
from digit.examples import NO_DIGIT
from pipeline.config.file import read_config
from trainer.network import find_network
from trainer.precision import choose_precision, computing_in
from trainer.training import compile_model, training_of
from vocabulary import features
from vocabulary.boxes import iou

GOAL = 1.4
PLAIN = "--plain"
SPLITS = ("train", "eval")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        digits = str(Path(sys.executable).with_name("digits"))
        ours = timed([digits, "run", "--json", "--workspace", folder])
    plain = timed([sys.executable, __file__, PLAIN])
    ratio, of_cpu = ours.seconds / plain.seconds, ours.cpu / plain.cpu
    print(f"whole run, ours:  {ours}")
    print(f"whole run, plain: {plain}")
    print(f"whole run: ratio {ratio:.2f}, of the processor's seconds {of_cpu:.2f}")
    if ratio > GOAL:
        raise SystemExit(f"whole run: {ratio:.2f} is above {GOAL}")


class Timed(NamedTuple):
    """What a process measured, and how long it took."""

    metrics: dict[str, float]
    seconds: float
    cpu: float
    """Seconds of the processor, its children's too."""

    def __str__(self) -> str:
        return (
            f"{self.seconds:.0f} s, {self.cpu:.0f} s of the processor, "
            f"accuracy {self.metrics['accuracy']:.4f}, mean IoU {self.metrics['mean_iou']:.4f}"
        )


def timed(command: list[str]) -> Timed:
    """Runs a command whose last line of output is a JSON object with `metrics`."""
    began, cpu = time.perf_counter(), of_children()
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    seconds, cpu = time.perf_counter() - began, of_children() - cpu
    return Timed(json.loads(ended.stdout.splitlines()[-1])["metrics"], seconds, cpu)


def of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


Drawn = tuple[np.ndarray, dict[str, np.ndarray]]


def plain() -> dict[str, float]:
    """The baseline, in this process."""
    config = read_config()
    source = open_source(config.data, [*config.splits])
    train, judged = (
        draw(source.examples(name, 0, config.splits[name]).examples) for name in SPLITS
    )
    mean, stddev = train[0].mean(), train[0].std()
    (pictures, targets), (others, truth) = (((of - mean) / stddev, t) for of, t in (train, judged))
    options = config.trainer
    keras.utils.set_random_seed(options.seed)
    with computing_in(choose_precision(options.training.precision)):
        model = find_network(options.task.kind, options.model.kind).build(
            *pictures.shape[1:], task=options.task
        )
    compile_model(model, options)
    task, size = training_of(options.task), options.training.batch_size
    augmentation = task.build_augmentation(options.task)
    whole = tf.constant([[0.0, 0.0, 1.0, 1.0]] * size)

    def of_outputs(by_name: dict[str, Any]) -> dict[str, Any]:
        return {output: by_name[task.TARGETS[output]] for output in model.output_names}

    def moved(step: tf.Tensor, batch: Any) -> Any:
        if augmentation:
            batch = augmentation(*batch, whole, [options.seed, step])
        return batch[0], of_outputs(batch[1])

    batches = tf.data.Dataset.from_tensor_slices((pictures, targets)).shuffle(len(pictures))
    model.fit(
        batches.batch(size, drop_remainder=True).enumerate().map(moved, os.cpu_count()).prefetch(2),
        epochs=options.training.epochs,
        validation_data=(others, of_outputs(truth)),
        validation_batch_size=size,
        shuffle=False,
        verbose=0,
    )
    outputs = model.predict(others, batch_size=256, verbose=0)
    there = truth["digit"] != NO_DIGIT
    right = outputs["logits"].argmax(axis=-1) == truth["digit"]
    ious = iou(outputs["box"], truth["box"])
    return {"accuracy": float(right[there].mean()), "mean_iou": float(ious[there].mean())}


def draw(examples: list[bytes]) -> Drawn:
    """Pictures float32 [n, height, width, channels] in [0, 1], and their targets by name.

    A picture without a digit has `NO_DIGIT` and a box of zeros, as Transform's targets.
    """
    found = [tf.train.Example.FromString(example).features.feature for example in examples]
    pictures = [
        cv2.imdecode(np.frombuffer(of[features.IMAGE].bytes_list.value[0], np.uint8), -1)
        for of in found
    ]
    boxes = [[sum(of[key].float_list.value) for key in features.BOX] for of in found]
    digits = [[*of[features.LABEL].int64_list.value, NO_DIGIT][0] for of in found]
    scaled = np.float32(pictures).reshape(len(pictures), *pictures[0].shape[:2], -1) / 255
    return scaled, {"digit": np.int64(digits), "box": np.float32(boxes)}


if __name__ == "__main__":
    if PLAIN in sys.argv[1:]:
        print(json.dumps({"metrics": plain()}))
    else:
        main()
