"""`street`: a deep network for house numbers on crops of 54x54.

I. Goodfellow et al., "Multi-digit Number Recognition from Street View Imagery using Deep
Convolutional Neural Networks", ICLR 2014: eight convolutions of 5x5, each with pooling and a
normalisation, and two dense layers. Here the normalisation is by batch, which is younger, all units
are rectified, and the last convolution shares its weights as the others do.
"""

from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from trainer.network import ModelBase
from vocabulary.errors import UserError
from vocabulary.task.options import TaskBase

if TYPE_CHECKING:
    import keras
    import keras_tuner

SMALLEST: Final = 28
"""Pixels that a canvas must have each way."""

_FILTERS: Final = (48, 64, 128, 160, 192, 192, 192, 192)
_UNITS: Final = 3072


class Options(ModelBase):
    """What it sees."""

    crop: int | None = Field(
        None, ge=SMALLEST, description="side of the part it sees: anywhere in training, then middle"
    )


def build(
    height: int, width: int, channels: int, *, task: TaskBase, options: Options, statistics: Any
) -> "keras.Model":
    """Builds the network.

    Raises:
        UserError: if the crop is larger than the canvas.
    """
    import keras
    from keras import layers

    from tasks.sequence.layers.crop import Crop
    from tasks.sequence.layers.heads import heads
    from trainer.layers.blocks import convolve

    picture = keras.Input((height, width, channels), name="picture")
    x = picture
    if options.crop is not None:
        if options.crop > min(height, width):
            raise UserError(
                f"model.crop is {options.crop}, and the canvas is {height} x {width}; enlarge "
                "canvas, or lower model.crop"
            )
        x = Crop(options.crop)(x)
    for index, filters in enumerate(_FILTERS):
        x = convolve(x, filters, kernel=5)
        # Every other pooling keeps the size.
        x = layers.MaxPooling2D(2, strides=2 - index % 2, padding="same")(x)
        x = layers.Dropout(0.2)(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dropout(0.2)(layers.Dense(_UNITS, activation="relu")(x))
    return keras.Model(picture, heads(x, classes=len(task.classes)), name="street")


def search_space(hyperparameters: "keras_tuner.HyperParameters") -> None:
    """Declares what the Tuner tries."""
    hyperparameters.Float("learning_rate", 3e-4, 3e-3, sampling="log")
