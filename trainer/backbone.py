"""A network of keras.applications without its top, with the heads of a task.

Which one, from which weights, how much of it is trained and what stands between it and the heads
is said in the config: `trainer.backbone_options`.
"""

import os
import re
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import PurePath

import keras
import tensorflow as tf

from trainer.application_input import ApplicationInput
from trainer.backbone_options import BackboneOptions
from trainer.pixel_statistics import PixelStatistics
from vocabulary.errors import UserError

Shape = tuple[int, ...]

_UNREACHABLE = re.compile(r"URL fetch failure on (\S+): ")
"""How Keras says that weights cannot be downloaded."""


def build_backbone(
    canvas: Shape,
    *,
    heads: Mapping[str, int],
    options: BackboneOptions,
    statistics: PixelStatistics,
) -> keras.Model:
    """The network for a canvas (height, width, channels).

    `heads` are how many values each output has for a picture; all are linear.

    Raises:
        UserError: for pictures too small, and weights that are not there or do not fit.
    """
    picture = keras.Input(canvas, name="picture")
    size = (options.input, options.input) if options.input else canvas[:2]
    network = _with_weights(options, (*size, 3))
    if options.trained is not None:
        weighted = [layer for layer in network.layers if layer.weights]
        for layer in weighted[: max(len(weighted) - options.trained, 0)]:
            layer.trainable = False
    prepare = ApplicationInput(options.name, size=size, **statistics._asdict(), dtype="float32")
    x = keras.layers.Flatten()(network(prepare(picture)))
    for units in options.dense:
        x = keras.layers.Dense(units, activation="relu")(x)
    outputs = {
        name: keras.layers.Dense(count, dtype="float32", name=name)(x)
        for name, count in heads.items()
    }
    return keras.Model(picture, outputs, name=options.name.lower())


def _with_weights(options: BackboneOptions, shape: Shape) -> keras.Model:
    build = getattr(keras.applications, options.name)
    shipped = "imagenet" if options.weights == "imagenet" else None
    try:
        network = build(include_top=False, weights=shipped, input_shape=shape)
    except ValueError as error:
        if "Input size" not in str(error):
            raise
        raise UserError(
            f"model.name: {options.name} takes no pictures of {shape[0]}x{shape[1]} pixels "
            f"({str(error).partition(';')[0]}); set model.input"
        ) from error
    except Exception as error:  # Keras has no type of its own for a failed download
        unreachable = _UNREACHABLE.match(str(error))
        if not unreachable:
            raise
        url, cache = unreachable[1], os.environ.get("KERAS_HOME", "~/.keras")
        raise UserError(
            f"model.weights is imagenet, and {url} cannot be fetched; download it elsewhere and "
            f"put it into {cache}/models/, or name the file as model.weights"
        ) from error
    if options.weights_file:
        _load(network, options.weights_file, options.name)
    return network


def _load(network: keras.Model, file: str, name: str) -> None:
    if not tf.io.gfile.exists(file):
        raise UserError(
            f"model.weights: there is no file {file}; name one with weights of {name} without its "
            "top, or imagenet, or none"
        )
    with tempfile.TemporaryDirectory() as folder:  # Keras reads local files alone
        local = f"{folder}/{PurePath(file).name}"
        tf.io.gfile.copy(file, local)
        try:
            with warnings.catch_warnings():
                # Keras only warns of layers that the file has no weights for.
                warnings.simplefilter("error", UserWarning)
                network.load_weights(local)
        except (ValueError, OSError, KeyError, UserWarning) as error:
            raise UserError(
                f"model.weights: {file} does not hold the weights of {name} without its top; name "
                "a file that Keras' save_weights wrote of it"
            ) from error
