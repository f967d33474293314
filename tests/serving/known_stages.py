"""Two SavedModels whose answers are known: one finds what is light, one reads how light it is.

The finder's box is around what is lighter than half of white; the reader's number is one digit, the
mean grey of what it is sent, in tenths.
"""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tensorflow as tf

from vocabulary import features
from vocabulary.model_files import CARD, STATISTICS

SIDE = 16
LONGEST = 5
Answer = dict[str, tf.Tensor]


class _Known(tf.Module):
    """What both have in common; `_answer` is given uint8 [height, width, 1]."""

    types: tuple[tuple[str, tf.TensorSpec], ...]

    def __init__(self, card: str):
        super().__init__()
        self.weight = tf.Variable(1.0)  # a model without any is saved in another way
        self._card = card

    def _answer(self, pixels: tf.Tensor) -> tuple[tf.Tensor, ...]:
        raise NotImplementedError

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "image_bytes")])
    def serving_default(self, image_bytes: tf.Tensor) -> Answer:
        def answer(one: tf.Tensor) -> tuple[tf.Tensor, ...]:
            return self._answer(tf.io.decode_image(one, channels=1, expand_animations=False))

        specs = tuple(spec for _, spec in self.types)
        values = tf.map_fn(answer, image_bytes, fn_output_signature=specs)
        return dict(zip((name for name, _ in self.types), values, strict=True))

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "examples")])
    def serving_examples(self, examples: tf.Tensor) -> Answer:
        spec = {features.IMAGE: tf.io.FixedLenFeature([], tf.string)}
        return self.serving_default(tf.io.parse_example(examples, spec)[features.IMAGE])

    @tf.function(input_signature=[tf.TensorSpec([None, SIDE, SIDE, 1], tf.float32, "image")])
    def serving_tensor(self, image: tf.Tensor) -> Answer:
        pixels = tf.cast(255.0 * image, tf.uint8)
        return self.serving_default(
            tf.map_fn(tf.io.encode_png, pixels, fn_output_signature=tf.string)
        )

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "asked")])
    def card(self, asked: tf.Tensor) -> Answer:
        return {"card": tf.fill(tf.shape(asked), self._card)}


class Finder(_Known):
    types = (
        ("box", tf.TensorSpec([4], tf.float32)),
        ("mask_bytes", tf.TensorSpec([1], tf.string)),
    )

    def _answer(self, pixels: tf.Tensor) -> tuple[tf.Tensor, ...]:
        light = pixels[..., 0] > 127
        places = tf.cast(tf.where(light), tf.float32)
        size = tf.cast(tf.shape(light), tf.float32)
        low, high = tf.reduce_min(places, axis=0), tf.reduce_max(places, axis=0) + 1.0
        edges = tf.concat([(low / size)[::-1], (high / size)[::-1]], axis=0)
        mask = tf.io.encode_png(255 * tf.cast(light, tf.uint8)[..., tf.newaxis])
        box = tf.where(tf.reduce_any(light), edges * self.weight, tf.zeros([4]))
        return tf.ensure_shape(box, [4]), mask[tf.newaxis]


class NumberReader(_Known):
    types = (
        ("length", tf.TensorSpec([], tf.int64)),
        ("digits", tf.TensorSpec([LONGEST], tf.int64)),
        ("probability", tf.TensorSpec([], tf.float32)),
        ("digit_probabilities", tf.TensorSpec([LONGEST], tf.float32)),
    )

    def _answer(self, pixels: tf.Tensor) -> tuple[tf.Tensor, ...]:
        grey = tf.reduce_mean(tf.cast(pixels, tf.float32)) / 255 * self.weight
        digit = tf.cast(tf.math.floor(grey * 10), tf.int64)
        one = tf.one_hot(0, LONGEST)
        digits = tf.where(one > 0, digit, tf.constant(-1, tf.int64))
        return tf.constant(1, tf.int64), digits, tf.constant(0.9), 0.9 * one


_SIGNATURES = ("serving_default", "serving_examples", "serving_tensor", "card")
_KINDS = {"segmentation": Finder, "sequence": NumberReader}


def save_stage(folder: Path, task: str, **facts: Any) -> Path:
    """Writes the model of a task, with its card and, as if it was pushed, an empty statistics."""
    canvas = {"height": SIDE, "width": SIDE, "channels": 1}
    card = json.dumps({"task": task, "parameters": 1, "canvas": canvas, **facts})
    model = _KINDS[task](card)
    tf.saved_model.save(model, str(folder), {name: getattr(model, name) for name in _SIGNATURES})
    (folder / CARD).parent.mkdir()
    (folder / CARD).write_text(card)
    statistics = folder / STATISTICS / "Split-train"
    statistics.mkdir(parents=True)
    (statistics / "FeatureStats.pb").write_bytes(b"")
    return folder


def scene(grey: int, *, height: int = 120, width: int = 160) -> bytes:
    """PNG: a rectangle of this grey on black, x in [40, 80) and y in [60, 80) of 160x120."""
    pixels = np.zeros((height, width), np.uint8)
    pixels[height // 2 : height * 2 // 3, width // 4 : width // 2] = grey
    return cv2.imencode(".png", pixels)[1].tobytes()
