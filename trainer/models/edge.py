"""`edge`: find the edges of the digit, then look at what is between them.

The locator is a small feature pyramid. Each edge of the box is read off as an expectation over the
columns (or rows) of its finest map, which is precise to a fraction of a pixel (X. Sun et al.,
"Integral Human Pose Regression", ECCV 2018; X. Li et al., "Generalized Focal Loss", NeurIPS 2020).
The reader is a small classifier of what the box cuts out, always at the same size, so that it need
not learn every place, size and background anew (M. Jaderberg et al., "Spatial Transformer
Networks", NeurIPS 2015).
"""

from typing import Any

import keras
from keras import layers

from trainer.models.glimpse import Glimpse
from trainer.models.integral_box import IntegralBox
from vocabulary.features import NUM_CLASSES

Tensor = Any

GLIMPSE_SIZE = 24
GLIMPSE_MARGIN = 0.1


def _conv(x: Tensor, filters: int, *, stride: int = 1, kernel: int = 3) -> Tensor:
    x = layers.Conv2D(filters, kernel, strides=stride, padding="same", use_bias=False)(x)
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(x))


def _residual(x: Tensor) -> Tensor:
    filters = x.shape[-1]
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(_conv(x, filters))
    y = layers.BatchNormalization(momentum=0.9, gamma_initializer="zeros")(y)
    return layers.Activation("relu")(layers.Add()([x, y]))


def _merge(coarse: Tensor, fine: Tensor) -> Tensor:
    """Adds a coarse map, enlarged to twice its size, to a fine one."""
    filters = fine.shape[-1]
    coarse = layers.UpSampling2D(2)(layers.Conv2D(filters, 1)(coarse))
    extra = [coarse.shape[axis] - fine.shape[axis] for axis in (1, 2)]
    coarse = layers.Cropping2D(((0, extra[0]), (0, extra[1])))(coarse)
    return layers.Add()([fine, coarse])


def _locate(picture: Tensor) -> Tensor:
    half = _conv(picture, 16, stride=2, kernel=5)
    quarter = _residual(_conv(half, 32, stride=2))
    eighth = _residual(_conv(quarter, 64, stride=2))
    sixteenth = _conv(eighth, 96, stride=2)
    x = _merge(sixteenth, eighth)
    x = _merge(x, quarter)
    x = _merge(x, half)
    maps = layers.Conv2D(4, 3, padding="same", dtype="float32")(_conv(x, 16))
    return IntegralBox(dtype="float32", name="box")(maps)


def _read(picture: Tensor, box: Tensor) -> Tensor:
    x = Glimpse(GLIMPSE_SIZE, margin=GLIMPSE_MARGIN, dtype="float32")([picture, box])
    x = _conv(x, 32)
    x = _conv(x, 32, stride=2)
    x = _conv(x, 64)
    x = _conv(x, 96, stride=2)
    x = _conv(x, 128)
    x = layers.Flatten()(layers.AveragePooling2D(2)(x))
    x = layers.Dropout(0.3)(x)
    return layers.Dense(NUM_CLASSES, dtype="float32", name="logits")(x)


def build(height: int, width: int, channels: int) -> keras.Model:
    """Builds the network; its boxes lie within [0, 1]."""
    picture = keras.Input((height, width, channels), name="picture")
    box = _locate(picture)
    logits = _read(picture, box)
    return keras.Model(picture, {"logits": logits, "box": box}, name="edge")
