"""`small`: three pairs of convolutions, halved after each, and a dense layer."""

from typing import TYPE_CHECKING, Final

from vocabulary.task.options import TaskBase

if TYPE_CHECKING:
    import keras
    import keras_tuner

SMALLEST: Final = 28
"""Pixels that a canvas must have each way."""


def build(height: int, width: int, channels: int, *, task: TaskBase) -> "keras.Model":
    """Builds the network."""
    import keras
    from keras import layers

    from trainer.layers.blocks import convolve

    picture = keras.Input((height, width, channels), name="picture")
    x = picture
    for filters in (24, 48, 96):
        x = layers.MaxPooling2D(2)(convolve(convolve(x, filters), filters))
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    logits = layers.Dense(len(task.classes), dtype="float32", name="logits")(x)
    return keras.Model(picture, {"logits": logits}, name="small")


def search_space(hyperparameters: "keras_tuner.HyperParameters") -> None:
    """Declares what the Tuner tries."""
    hyperparameters.Float("learning_rate", 1e-3, 1e-2, sampling="log")
    hyperparameters.Choice("label_smoothing", [0.0, 0.05, 0.1])
