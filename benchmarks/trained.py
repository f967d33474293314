"""What benchmarks train on, made by the DAG's own components, and the training itself."""

import math
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow_transform as tft
from tfx.components import Transform
from tfx.orchestration import metadata, pipeline
from tfx.orchestration.local.local_dag_runner import LocalDagRunner

from components.digit_example_gen.component import DigitExampleGen
from components.digit_schema_gen.component import DigitSchemaGen
from digit.examples import NO_DIGIT
from pipeline.beam.arguments import beam_pipeline_args
from pipeline.config.config import Config
from tasks.localization.targets import BOX, DIGIT
from trainer.history import History
from trainer.input import Batches
from trainer.network import build_network
from trainer.precision import choose_precision, computing_in
from trainer.training import Checkpoints, Data, compile_model, fit
from vocabulary.boxes import iou


def run_transform(root: Path, config: Config, *, materialize: bool = False) -> None:
    """Runs the DAG as far as Transform; what is there already comes from the cache."""
    examples = DigitExampleGen(data=config.data, splits=config.splits)
    schema = DigitSchemaGen(task=config.task.kind, classes=len(config.task.classes))
    transform = Transform(
        examples=examples.outputs["examples"],
        schema=schema.outputs["schema"],
        preprocessing_fn="trainer.preprocessing.preprocessing_fn",
        custom_config=config.transform,
        materialize=materialize,
        disable_statistics=True,
    )
    LocalDagRunner().run(
        pipeline.Pipeline(
            pipeline_name="benchmark",
            pipeline_root=str(root),
            components=[examples, schema, transform],
            metadata_connection_config=metadata.sqlite_metadata_connection_config(
                str(root / "metadata.sqlite")
            ),
            beam_pipeline_args=beam_pipeline_args(config.beam),
            enable_cache=True,
        )
    )


def newest(root: Path, component: str, key: str) -> str:
    """The folder of the newest artefact."""
    return str(max((root / component / key).iterdir(), key=lambda path: int(path.name)))


def prepare(root: Path, config: Config) -> Data:
    """What a Trainer is handed."""
    run_transform(root, config)
    examples = newest(root, "DigitExampleGen", "examples")
    return Data(
        [f"{examples}/Split-train/*"],
        [f"{examples}/Split-{config.watched_split}/*"],
        tft.TFTransformOutput(newest(root, "Transform", "transform_graph")),
    )


class Trained(NamedTuple):
    """A trained network, its history, and the seconds from before it was built."""

    model: keras.Model
    history: History
    seconds: float


def train(config: Config, data: Data, *, start_from: keras.Model | None = None) -> Trained:
    """Trains as `run_fn` does, on one device."""
    options = config.trainer
    began = time.perf_counter()
    keras.utils.set_random_seed(options.seed)
    with computing_in(choose_precision(options.training.precision)):
        model = build_network(options.task, options.model, data.transform)
    if start_from:
        model.set_weights(start_from.get_weights())
    compile_model(model, options)
    with tempfile.TemporaryDirectory() as folder:
        history = fit(model, options, data, Checkpoints(folder, folder))
    return Trained(model, history, time.perf_counter() - began)


class Quality(NamedTuple):
    """On a whole split, in [0, 1]."""

    accuracy: float
    mean_iou: float
    iou_at_60: float

    def __str__(self) -> str:
        return (
            f"accuracy {self.accuracy:.4f}, mean IoU {self.mean_iou:.4f}, "
            f"IoU >= 0.6 {self.iou_at_60:.4f}"
        )


def measure(digits: np.ndarray, boxes: np.ndarray, targets: dict[str, np.ndarray]) -> Quality:
    """How good digits int [n] and boxes [n, 4] are, on the pictures that have a digit."""
    there = targets["digit"] != NO_DIGIT
    ious = iou(boxes, targets["box"])[there]
    right = (digits == targets["digit"])[there]
    return Quality(float(right.mean()), float(ious.mean()), float((ious >= 0.6).mean()))


def read(
    pattern: str, transform: tft.TFTransformOutput, size: int
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Pictures float32 [size, height, width, channels], as networks see them, and their targets."""
    batch = math.gcd(size, 500)
    targets = {"digit": DIGIT, "box": BOX}
    batches = Batches(
        [pattern], transform, targets=targets, batch_size=batch, steps=size // batch
    ).in_order()
    pairs = list(batches.as_numpy_iterator())
    pictures = np.concatenate([picture for picture, _ in pairs])
    labels = {name: np.concatenate([target[name] for _, target in pairs]) for name in targets}
    return pictures, {**labels, "digit": labels["digit"].ravel()}


def judge(model: keras.Model, pattern: str, transform: tft.TFTransformOutput, size: int) -> Quality:
    """Of a network, on the pictures of a split."""
    pictures, targets = read(pattern, transform, size)
    outputs = model.predict(pictures, batch_size=256, verbose=0)
    return measure(np.argmax(outputs["logits"], axis=-1), outputs["box"], targets)
