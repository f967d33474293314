"""`two_branch`: a network for the digit and another for its box, side by side on one picture.

A small LeNet reads the digit (Y. LeCun et al., "Gradient-Based Learning Applied to Document
Recognition", 1998); narrower convolutions and four dense layers with a penalty on their weights
find the box. They share nothing but the picture. 210,367 parameters for three digits on its own
100x100x3 canvas.
"""

from typing import TYPE_CHECKING, Final

from vocabulary.task.options import TaskBase

if TYPE_CHECKING:
    import keras
    import keras_tuner

SMALLEST: Final = 46
"""Pixels that a canvas must have each way: of fewer, four poolings leave nothing."""

_PENALTY: Final = 1e-4
"""Of the squares of weights, in the loss."""


def build(height: int, width: int, channels: int, *, task: TaskBase) -> "keras.Model":
    """Builds the network; its box head is linear and free to leave [0, 1]."""
    import keras
    from keras import layers

    picture = keras.Input((height, width, channels), name="picture")
    outputs = {
        "logits": layers.Dense(len(task.classes), dtype="float32", name="logits")(_read(picture)),
        "box": layers.Dense(4, dtype="float32", name="box")(_find(picture)),
    }
    return keras.Model(picture, outputs, name="two_branch")


def _read(x: "keras.KerasTensor") -> "keras.KerasTensor":
    from keras import layers

    for filters in (8, 16, 16):
        x = layers.Conv2D(filters, 5, activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    for units in (120, 84):
        x = layers.Dense(units, activation="relu")(x)
    return x


def _find(x: "keras.KerasTensor") -> "keras.KerasTensor":
    from keras import layers, regularizers

    for filters in (16, 32, 16, 32):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    for _ in range(4):
        penalty = regularizers.L2(_PENALTY)
        x = layers.Dense(32, activation="relu", kernel_regularizer=penalty)(x)
    return x


def search_space(hyperparameters: "keras_tuner.HyperParameters") -> None:
    """Declares what the Tuner tries."""
    hyperparameters.Float("learning_rate", 3e-4, 1e-2, sampling="log")
    hyperparameters.Choice("box_weight", [1.0, 5.0, 20.0])
