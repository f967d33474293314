"""Evaluation of a model, against the prediction that it cannot do without.

    .venv/bin/python benchmarks/evaluation.py

The baseline is Keras' `model.predict` on pictures that are decoded already. Ours is all that the
Evaluator does: reads and decodes the same pictures, predicts, measures every metric on every slice
of the default config with intervals, COCO's mAP, and writes the results. Start-up (Beam, TFMA,
loading the model) is measured on a few pictures and taken off. Prints ours / baseline; at most 2 is
wanted.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import logging
import tempfile
import time
from pathlib import Path

import apache_beam as beam
import keras
import numpy as np
import tensorflow as tf
import tensorflow_transform as tft
from tensorflow_transform.beam import impl
from tfx_bsl.public import tfxio

from components.digit_example_gen.synthesis import Recipe, draw_examples
from components.digit_schema_gen.component import read_schema
from evaluation.evaluate import evaluate
from pipeline.config_file import read_config
from trainer.export import export_model
from trainer.models import build_model
from trainer.preprocessing import preprocessing_fn
from vocabulary import features

PICTURES, FEW = 10_000, 64
CONFIG = read_config(None, [])
CANVAS = (CONFIG.canvas.height, CONFIG.canvas.width)


def draw(folder: Path) -> tuple[str, str]:
    recipe = Recipe(CONFIG.data.model_dump_json(), "eval", ("train", "eval"), PICTURES)
    paths = f"{folder}/few", f"{folder}/all"
    for path, count in zip(paths, (FEW, PICTURES), strict=True):
        with tf.io.TFRecordWriter(path) as writer:
            for serialized in draw_examples(recipe, 0, count):
                writer.write(serialized)
    return paths


def seconds(task: object) -> float:
    began = time.perf_counter()
    task()
    return time.perf_counter() - began
