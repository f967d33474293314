"""Holds a LiteRT file against the model that it was made of, on pictures with their truth."""

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import tensorflow as tf
from numpy.typing import NDArray
from pydantic import BaseModel
from rich.box import SIMPLE
from rich.table import Table
from tfx_bsl.coders.example_coder import ExamplesToRecordBatchDecoder
from tfx_bsl.tfxio.tensor_adapter import TensorAdapter

from evaluation.defaults import fill_in, sparse_features
from evaluation.estimates import read_off
from evaluation.pixels import compression
from evaluation.sums import as_rows, contributions
from pipeline.litert.interpreter import Interpreter
from trainer.preprocessing import load_pictures
from vocabulary import features
from vocabulary.card import task_of
from vocabulary.signatures import IMAGE, TENSOR
from vocabulary.task.judging import OfRows, always_shown, measures_of, metrics_of
from vocabulary.task.options import TaskBase

_TIMED: Final = 50
"""Pictures that the time of one is the median of."""
_BATCH: Final = 250

Outputs = dict[str, NDArray[Any]]
Ask = Callable[[NDArray[np.float32]], Outputs]


class Measured(BaseModel):
    """A model on the pictures: its size, the time for one of them, and its metrics by name."""

    name: str
    bytes: int
    milliseconds: float
    metrics: dict[str, float]


class Check(BaseModel):
    """The exported model and the LiteRT file on the same pictures.

    `pictures` counts those that metrics are of, and `titles` are of these; without pictures, there
    are none.
    """

    file: str
    pictures: int
    models: list[Measured]
    titles: dict[str, str]

    def as_table(self) -> Table:
        """A row for each model."""
        table = Table(box=SIMPLE)
        table.add_column("model")
        for heading in ("size", "one picture", *self.titles.values()):
            table.add_column(heading, justify="right")
        for one in self.models:
            values = (f"{one.metrics[name]:.4f}" for name in self.titles)
            size, took = f"{one.bytes / 1e6:.2f} MB", f"{one.milliseconds:.2f} ms"
            table.add_row(one.name, size, took, *values)
        count = f"{self.pictures:,}" if self.pictures else "There are no"
        table.caption = f"{count} pictures of the canvas's own size, which metrics are of"
        return table


class Pictures(NamedTuple):
    """Canvases, float32 [n, height, width, channels] in [0, 1], and their features for a task.

    Where no picture fills the canvas, some that were fitted to it, without features.
    """

    canvases: NDArray[np.float32]
    features: dict[str, Any]


def check(folder: Path, file: Path, *, files: Sequence[str], name: str) -> Check:
    """Asks a version and the LiteRT file that was made of it about pictures in TFRecords.

    Metrics are of pictures of the canvas's own size alone: answers are in coordinates of the
    canvas, and the truth in those of the picture. Where there are none, there are no metrics.
    """
    task, loaded = task_of(folder), tf.saved_model.load(str(folder))
    signature, interpreter = loaded.signatures[TENSOR], Interpreter(file)
    canvas = signature.structured_input_signature[1][IMAGE].shape[1:]
    pictures = read_pictures(files, task, canvas=tuple(canvas))

    def saved_model(canvases: NDArray[np.float32]) -> Outputs:
        answer = signature(**{IMAGE: tf.constant(canvases)})
        return {output: value.numpy() for output, value in answer.items()}

    sizes = (_size_of(folder), file.stat().st_size)
    models = [
        Measured(
            name=title, bytes=size, milliseconds=_milliseconds(ask, pictures.canvases),
            metrics=_metrics(ask, pictures, task) if pictures.features else {},
        )
        for title, size, ask in zip(
            ("SavedModel", name), sizes, (saved_model, interpreter.ask), strict=True
        )
    ]  # fmt: skip
    shown = {metric.name: metric.title for metric in always_shown(metrics_of(task.kind))}
    return Check(
        file=str(file), models=models,
        pictures=len(pictures.canvases) if pictures.features else 0,
        titles={key: title for key, title in shown.items() if key in models[0].metrics},
    )  # fmt: skip


def read_pictures(
    files: Sequence[str], task: TaskBase, *, canvas: tuple[int, int, int]
) -> Pictures:
    """The pictures in TFRecords of tf.Examples that fill the canvas, (height, width, channels).

    Where none does, the first few.
    """
    height, width, channels = canvas
    records = [
        record
        for path in files
        for record in tf.data.TFRecordDataset(path, compression(path)).as_numpy_iterator()
    ]
    batch = fill_in(ExamplesToRecordBatchDecoder().DecodeBatch(records), task.kind)
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    sides = (columns[key].to_pylist() for key in (features.HEIGHT, features.WIDTH))
    fills = [(*high, *wide) == (height, width) for high, wide in zip(*sides, strict=True)]
    batch = batch.filter(pa.array(fills)) if any(fills) else batch.slice(0, _TIMED)
    encoded = tf.constant([one for (one,) in batch.column(features.IMAGE).to_pylist()], tf.string)
    canvases, _, _ = load_pictures(encoded, height=height, width=width, channels=channels)
    return Pictures(canvases.numpy(), _truth(batch, task) if any(fills) else {})


def _truth(batch: pa.RecordBatch, task: TaskBase) -> dict[str, Any]:
    """The features as TFMA hands them over: arrays, and sparse tensors of any number of values."""
    adapter = sparse_features(task.kind)
    sparse = TensorAdapter(adapter).ToBatchTensors(batch) if adapter else {}
    dense = {
        name: np.array(column.to_pylist())
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
        if name not in sparse and all(len(row or ()) == 1 for row in column.to_pylist())
    }
    return {**dense, **sparse}


def _metrics(ask: Ask, pictures: Pictures, task: TaskBase) -> dict[str, float]:
    """Those metrics of the task that are read off sums over pictures."""
    count = len(pictures.canvases)
    answers = [ask(pictures.canvases[at : at + _BATCH]) for at in range(0, count, _BATCH)]
    outputs = {name: np.concatenate([one[name] for one in answers]) for name in answers[0]}
    measures, metrics = measures_of(task.kind), metrics_of(task.kind).values()
    frames = np.tile(np.array(pictures.canvases.shape[1:3], np.float64), (count, 1))
    measured = measures.measure(
        measures.read_truth(pictures.features, frames=frames),
        measures.read_predictions(outputs),
        classes=len(task.classes),
    )
    sums = as_rows(contributions(measured, metrics)).total()
    return {
        metric.name: float(read_off(metric.name, metric.read, sums))
        for metric in metrics
        if not isinstance(metric.read, OfRows)
    }


def _milliseconds(ask: Ask, canvases: NDArray[np.float32]) -> float:
    """The median time for one picture."""
    times = []
    for at in range(min(_TIMED, len(canvases))):
        began = time.perf_counter()
        ask(canvases[at : at + 1])
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def _size_of(folder: Path) -> int:
    """Of what a server loads."""
    parts = (folder / "saved_model.pb", *(folder / "variables").glob("*"))
    return sum(path.stat().st_size for path in parts)
