"""`lab`: the network of the well-known MNIST localization tutorial, as the baseline to beat.

Three convolutions with average pooling, one dense layer, two heads: 426,638 parameters on its own
75x75 canvas.
"""

from typing import TYPE_CHECKING, Final

from vocabulary.task.options import TaskBase

if TYPE_CHECKING:
    import keras
    import keras_tuner

SMALLEST: Final = 30
"""Pixels that a canvas must have each way: of fewer, three poolings leave nothing."""


def build(height: int, width: int, channels: int, *, task: TaskBase) -> "keras.Model":
    """Builds the network; its box head is linear and free to leave [0, 1]."""
    import keras
    from keras import layers

    picture = keras.Input((height, width, channels), name="picture")
    x = picture
    for filters in (16, 32, 64):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
        x = layers.AveragePooling2D(2)(x)
    x = layers.Dense(128, activation="relu")(layers.Flatten()(x))
    outputs = {
        "logits": layers.Dense(len(task.classes), dtype="float32", name="logits")(x),
        "box": layers.Dense(4, dtype="float32", name="box")(x),
    }
    return keras.Model(picture, outputs, name="lab")


def search_space(hyperparameters: "keras_tuner.HyperParameters") -> None:
    """Declares what the Tuner tries."""
    hyperparameters.Float("learning_rate", 3e-4, 3e-3, sampling="log")
    hyperparameters.Choice("box_weight", [1.0, 5.0, 20.0])
