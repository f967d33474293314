"""`columns`: looks at a strip column by column for where digits are, and counts them.

Convolutions make a row of columns of the picture, a quarter as many as it has pixels, each of which
holds a digit or none; digits are read in the order of their columns (`layers.reading_order`). So a
digit is learnt once for all places in the picture and in the number.
"""

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

    from tasks.sequence.layers.reading_order import ReadingOrder
    from trainer.layers.blocks import convolve

    picture = keras.Input((height, width, channels), name="picture")
    half = convolve(convolve(convolve(picture, 16), 32, stride=2), 48)
    quarter = convolve(convolve(half, 96, stride=2), 96)
    # Rows count for less than columns: what is left of a digit then is four or five rows high.
    x = convolve(quarter, 128, stride=(2, 1))
    x = convolve(x, 192, kernel=(x.shape[1], 1), padding="valid")
    x = layers.Dropout(0.2)(convolve(x, 192, kernel=(1, 5)))
    x = layers.Conv2D(len(task.classes) + 1, 1, dtype="float32")(x)
    x = layers.Reshape((-1, x.shape[-1]), dtype="float32")(x)
    length, digits = ReadingOrder(dtype="float32")(x)
    outputs = {
        "length": layers.Identity(dtype="float32", name="length")(length),
        "digits": layers.Identity(dtype="float32", name="digits")(digits),
    }
    return keras.Model(picture, outputs, name="columns")


def search_space(hyperparameters: "keras_tuner.HyperParameters") -> None:
    """Declares what the Tuner tries."""
    hyperparameters.Float("learning_rate", 1e-3, 1e-2, sampling="log")
    hyperparameters.Choice("label_smoothing", [0.0, 0.02, 0.05])
