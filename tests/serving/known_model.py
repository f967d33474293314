"""A SavedModel with the signatures of the real one, whose answers are known.

Its digit is the grey of the picture in tenths; its box says which version it is: xmax is 1/version.
"""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tensorflow as tf

from vocabulary import features
from vocabulary.model_files import CARD

SIDE = 8


class KnownModel(tf.Module):
    def __init__(self, version: int, *, total: float = 1.0, card: str = "{}"):
        self.xmax = tf.Variable(1.0 / version)
        self.total = total
        self.on_card = card

    def answer(self, grey: tf.Tensor) -> dict[str, tf.Tensor]:
        digit = tf.cast(tf.math.floor(grey * 10 + 0.01), tf.int64)
        ones = tf.ones_like(grey)
        corners = [0 * ones, 0 * ones, self.xmax * ones, ones]
        return {
            "digit": digit,
            "probabilities": tf.one_hot(digit, 10) * self.total,
            "box": tf.stack(corners, axis=-1),
        }

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "image_bytes")])
    def serving_default(self, image_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        return self.answer(tf.map_fn(_grey, image_bytes, fn_output_signature=tf.float32))

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "examples")])
    def serving_examples(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        spec = {features.IMAGE: tf.io.FixedLenFeature([], tf.string)}
        return self.serving_default(tf.io.parse_example(examples, spec)[features.IMAGE])

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "asked")])
    def card(self, asked: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"card": tf.fill(tf.shape(asked), self.on_card)}

    @tf.function(input_signature=[tf.TensorSpec([None, SIDE, SIDE, 1], tf.float32, "image")])
    def serving_tensor(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        return self.answer(tf.reduce_mean(image, axis=[1, 2, 3]))


def _grey(encoded: tf.Tensor) -> tf.Tensor:
    picture = tf.io.decode_image(encoded, channels=1, expand_animations=False)
    return tf.reduce_mean(tf.cast(picture, tf.float32)) / 255


SIGNATURES = ("serving_default", "serving_examples", "serving_tensor")


def save_known(
    folder: Path,
    version: int,
    *,
    total: float = 1.0,
    signatures: tuple[str, ...] = SIGNATURES,
    card: dict[str, Any] | None = None,
) -> None:
    """Writes the model; without a card it is as those that were exported before there were any."""
    model = KnownModel(version, total=total, card=json.dumps(card))
    names = signatures if card is None else (*signatures, "card")
    tf.saved_model.save(model, str(folder), {name: getattr(model, name) for name in names})
    if card is not None:
        (folder / CARD).parent.mkdir()
        (folder / CARD).write_text(json.dumps(card))


def picture(digit: int, *, side: int = SIDE, suffix: str = ".png") -> bytes:
    """One that the model reads as this digit."""
    pixels = np.full([side, side], round(digit * 25.5 + 3), np.uint8)
    return cv2.imencode(suffix, pixels)[1].tobytes()


def drawn(digit: int, *, side: int = 60, suffix: str = ".png") -> bytes:
    """Light ink on a dark ground, as models are trained, that the model reads as 0 to 5."""
    wanted = (digit + 0.4) / 10
    ink, size = min(1.0, wanted / 0.1), round(0.3 * side)
    covered = (size / side) ** 2
    ground = max(0.0, (wanted - ink * covered) / (1 - covered))
    pixels = np.full([side, side], round(ground * 255), np.uint8)
    start = (side - size) // 2
    pixels[start : start + size, start : start + size] = round(ink * 255)
    return cv2.imencode(suffix, pixels)[1].tobytes()


def example(encoded: bytes) -> bytes:
    """The tf.Example of a picture, serialized."""
    feature = tf.train.Feature(bytes_list=tf.train.BytesList(value=[encoded]))
    return tf.train.Example(
        features=tf.train.Features(feature={features.IMAGE: feature})
    ).SerializeToString()
