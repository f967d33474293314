"""`strip`: three pairs of convolutions, a dense layer, and a head for each place of the number."""

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

    from tasks.sequence.layers.heads import heads
    from trainer.layers.blocks import convolve

    picture = keras.Input((height, width, channels), name="picture")
    x = picture
    for filters in (24, 48, 96):
        x = layers.MaxPooling2D(2)(convolve(convolve(x, filters), filters))
    x = layers.Dense(512, activation="relu")(layers.Dropout(0.3)(layers.Flatten()(x)))
    outputs = heads(layers.Dropout(0.3)(x), classes=len(task.classes))
    return keras.Model(picture, outputs, name="strip")


def search_space(hyperparameters: "keras_tuner.HyperParameters") -> None:
    """Declares what the Tuner tries."""
    hyperparameters.Float("learning_rate", 1e-3, 1e-2, sampling="log")
    hyperparameters.Choice("label_smoothing", [0.0, 0.02, 0.05])
