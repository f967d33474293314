"""Evaluation of a model, against the prediction that it cannot do without.

    .venv/bin/python benchmarks/evaluator.py

The baseline is Keras' `model.predict` on pictures that are decoded already. Ours is all that the
Evaluator does: reads and decodes the same pictures, predicts, measures every metric on every slice
of the default config with intervals, COCO's mAP, and writes the results. Start-up (Beam, TFMA,
loading the model) is measured on a few pictures and taken off. Prints ours / baseline; at most 2 is
wanted.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import functools
import logging
import tempfile
import time
from pathlib import Path

import apache_beam as beam
import numpy as np
import tensorflow as tf
import tensorflow_transform as tft
import tensorflow_transform.beam as tft_beam
from tensorflow_transform.tf_metadata import dataset_metadata
from tfx_bsl.public import tfxio

from components.digit_example_gen.synthesis import Recipe, draw_examples
from components.digit_schema_gen.component import read_schema
from evaluation.evaluate import evaluate
from pipeline.config.file import read_config
from trainer.export import export_model
from trainer.network import find_network
from trainer.preprocessing import preprocessing_fn

PICTURES, FEW = 10_000, 64
CONFIG = read_config()
CANVAS = (CONFIG.canvas.height, CONFIG.canvas.width)


def draw(folder: Path) -> tuple[str, str]:
    recipe = Recipe(CONFIG.data.model_dump_json(), "eval", ("train", "eval"), PICTURES)
    paths = f"{folder}/few", f"{folder}/all"
    for path, count in zip(paths, (FEW, PICTURES), strict=True):
        with tf.io.TFRecordWriter(path) as writer:
            for serialized in draw_examples(recipe, 0, count):
                writer.write(serialized)
    return paths


def transform_graph(folder: Path, examples: str) -> tft.TFTransformOutput:
    source = tfxio.TFExampleRecord(examples, schema=read_schema("localization", classes=10))
    with (
        beam.Pipeline(runner="FnApiRunner") as pipeline,
        tft_beam.Context(temp_dir=f"{folder}/tmp"),
    ):
        raw = pipeline | source.BeamSource()
        fitted = (raw, source.TensorAdapterConfig()) | tft_beam.AnalyzeDataset(
            functools.partial(preprocessing_fn, custom_config=CONFIG.transform)
        )
        _ = fitted | tft_beam.WriteTransformFn(f"{folder}/transform")
        metadata = dataset_metadata.DatasetMetadata(read_schema("localization", classes=10))
        _ = metadata | tft_beam.WriteMetadata(f"{folder}/transform/metadata", pipeline)
    return tft.TFTransformOutput(f"{folder}/transform")


def evaluation_s(folder: Path, examples: str) -> float:
    began = time.perf_counter()
    evaluate(
        {"candidate": f"{folder}/model"},
        [examples],
        f"{folder}/evaluation-{Path(examples).name}",
        task=CONFIG.task,
        slices=CONFIG.evaluation.slices,
        canvas=CANVAS,
        baseline=None,
        make_pipeline=lambda: beam.Pipeline(runner="FnApiRunner"),
    )
    return time.perf_counter() - began


def main() -> None:
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few, every = draw(folder)
        network = find_network(CONFIG.task.kind, CONFIG.model.kind)
        model = network.build(*CANVAS, CONFIG.canvas.channels, task=CONFIG.task)
        graph = transform_graph(folder, few)
        export_model(model, graph, f"{folder}/model", task=CONFIG.task, facts={})
        pictures = np.random.default_rng(0).random((PICTURES, *model.input.shape[1:]), np.float32)
        model.predict(pictures[:FEW], verbose=0)
        evaluation_s(folder, few)  # imports
        start_up = evaluation_s(folder, few)
        began = time.perf_counter()
        model.predict(pictures, verbose=0)
        predict = time.perf_counter() - began
        whole = evaluation_s(folder, every)
    print(
        f"evaluation, {PICTURES:,} pictures: predict {predict:.1f} s; evaluation {whole:.1f} s, "
        f"of which start-up {start_up:.1f} s; ratio {(whole - start_up) / predict:.2f}"
    )


if __name__ == "__main__":
    main()
