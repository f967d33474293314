"""`linear`: multinomial logistic regression on the pixels, as the baseline to beat."""

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

    picture = keras.Input((height, width, channels), name="picture")
    x = layers.Flatten()(picture)
    logits = layers.Dense(len(task.classes), dtype="float32", name="logits")(x)
    return keras.Model(picture, {"logits": logits}, name="linear")


def search_space(hyperparameters: "keras_tuner.HyperParameters") -> None:
    """Declares what the Tuner tries."""
    hyperparameters.Float("learning_rate", 1e-4, 1e-2, sampling="log")
