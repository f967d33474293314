"""Writes a SavedModel that carries the transform graph and answers in three ways.

`serving_default(image_bytes: string [batch])` takes PNG or JPEG of any size; `serving_examples(
examples: string [batch])` takes serialized tf.Examples, for Evaluator, InfraValidator and bulk
inference; `serving_tensor(image: float32 [batch, height, width, channels])` takes canvases in
[0, 1], cut off there, and refuses those that are not finite. `card(asked: string [batch])` answers
what the model is: the JSON that also lies beside it. What the others give is for the task to say:
the `outputs` of its `answers`, in coordinates of the picture as it was sent.

Keras' ExportArchive writes variables so that a TF1 session restores them too, the way TensorFlow
Serving and BulkInferrer do; `tf.saved_model.save` of a Keras 3 model does not.
"""

import json
import tempfile
from collections.abc import Mapping
from typing import Any, Final

import keras
import tensorflow as tf
import tensorflow_transform as tft

from trainer.pixel_statistics import read_pixel_statistics
from trainer.preprocessing import FRAME, PICTURE, SIZE, normalise
from vocabulary import features, signatures
from vocabulary.card import DARK, LIGHT, PAPER, facts_of
from vocabulary.model_files import CARD, EXTRA, NETWORK
from vocabulary.task.answers import Answers
from vocabulary.task.find import task_part
from vocabulary.task.options import TaskBase

_WHOLE_CANVAS: Final = (0.0, 0.0, 1.0, 1.0)


def export_model(
    model: keras.Model,
    transform: tft.TFTransformOutput,
    folder: str,
    *,
    task: TaskBase,
    facts: Mapping[str, Any],
) -> None:
    """Writes the SavedModel into a folder, with the network and its card beside it.

    The task answers, and adds its own to the facts on the card, beside its name and classes.
    """
    answers: Answers = task_part(task.kind, "answers")
    # Traced as it is: it holds no Python that AutoGraph would have to rewrite.
    layer = tf.autograph.experimental.do_not_convert(transform.transform_features_layer())
    spec = {features.IMAGE: transform.raw_feature_spec()[features.IMAGE]}
    mean, stddev = map(tf.constant, read_pixel_statistics(transform))

    names = (signatures.IMAGE_BYTES, "examples")
    encoded, serialized = (tf.TensorSpec([None], tf.string, name=name) for name in names)
    canvas = tf.TensorSpec(model.input.shape, tf.float32, name="image")
    frame = tf.TensorSpec([None, len(_WHOLE_CANVAS)], tf.float32)
    size = tf.TensorSpec([None, 2], tf.float32)

    # Functions of their own, so that what signatures share is traced, saved and loaded once.
    @tf.function(input_signature=[canvas, frame, size], autograph=False)
    def answer(picture: tf.Tensor, frames: tf.Tensor, sizes: tf.Tensor) -> Mapping[str, tf.Tensor]:
        return answers.answer(model(picture, training=False), frames, sizes)

    @tf.function(input_signature=[encoded], autograph=False)
    def serving_default(image_bytes: tf.Tensor) -> Mapping[str, tf.Tensor]:
        raw = tf.reshape(image_bytes, [-1, *spec[features.IMAGE].shape])
        transformed = layer({features.IMAGE: raw})
        return answer(transformed[PICTURE], transformed[FRAME], transformed[SIZE])

    def serving_examples(examples: tf.Tensor) -> Mapping[str, tf.Tensor]:
        parsed = tf.io.parse_example(examples, spec)[features.IMAGE]
        return serving_default(tf.reshape(parsed, [-1]))

    def serving_tensor(image: tf.Tensor) -> Mapping[str, tf.Tensor]:
        finite = tf.debugging.check_numerics(image, "image must be finite")
        picture = normalise(tf.clip_by_value(finite, 0.0, 1.0), mean, stddev)
        height, width = picture.shape[1:3]
        frames, sizes = (
            tf.tile([one], [tf.shape(image)[0], 1])
            for one in (_WHOLE_CANVAS, (float(width), float(height)))
        )
        return answer(picture, frames, sizes)

    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(signatures.DEFAULT, serving_default, [encoded])
    archive.add_endpoint(signatures.EXAMPLES, serving_examples, [serialized])
    archive.add_endpoint(signatures.TENSOR, serving_tensor, [canvas])
    card = json.dumps(
        {**facts_of(task), PAPER: _paper(mean), **facts, **answers.facts(task)}, indent=1
    )

    def card_of_model(asked: tf.Tensor) -> Mapping[str, tf.Tensor]:
        return {signatures.CARD: tf.fill(tf.shape(asked), card)}

    asked = tf.TensorSpec([None], tf.string, name=signatures.ASKED)
    archive.add_endpoint(signatures.CARD, card_of_model, [asked])
    archive.write_out(folder, verbose=False)
    tf.io.gfile.makedirs(f"{folder}/{EXTRA}")
    with tf.io.gfile.GFile(f"{folder}/{CARD}", "w") as file:
        file.write(card)
    _write_network(model, f"{folder}/{NETWORK}")


def _paper(mean: tf.Tensor) -> str:
    """Most of a picture is paper: light, if its mean, float32 [channels] in [0, 1], is."""
    return LIGHT if float(tf.reduce_mean(mean)) > 0.5 else DARK


def _write_network(model: keras.Model, path: str) -> None:
    # Keras writes to local paths alone.
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        tf.io.gfile.copy(f"{folder}/model.keras", path, overwrite=True)


def read_network(folder: str) -> keras.Model:
    """The network of an exported model, without the transform graph around it."""
    with tempfile.TemporaryDirectory() as local:
        tf.io.gfile.copy(f"{folder}/{NETWORK}", f"{local}/model.keras")
        return keras.models.load_model(f"{local}/model.keras", compile=False)
