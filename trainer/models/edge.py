"""`edge`: find the edges of the digit, then look at what is between them.

The locator is a small feature pyramid (T.-Y. Lin et al., CVPR 2017). Each edge of the box is read
off as an expectation over the columns (or rows) of its finest map, which is precise to a fraction
of a pixel (X. Sun et al., "Integral Human Pose Regression", ECCV 2018). The reader is a small
classifier of what that box and a margin cut out, always at the same size, so that it need not learn
every place, size and background anew (M. Jaderberg et al., "Spatial Transformer Networks", NeurIPS
2015). Seeing the digit pixel by pixel, it also places the edges a second time, as in a cascade
(Z. Cai and N. Vasconcelos, "Cascade R-CNN", CVPR 2018).
"""

from typing import Any

import keras
from keras import layers

from trainer.models.glimpse import Glimpse, OutOfWindow, Widen
from trainer.models.integral_box import IntegralBox
from vocabulary.features import NUM_CLASSES

Tensor = Any

GLIMPSE_SIZE = 28
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
    quarter = _conv(half, 32, stride=2)
    eighth = _residual(_conv(quarter, 48, stride=2))
    sixteenth = _conv(eighth, 64, stride=2)
    x = _merge(sixteenth, eighth)
    x = _merge(x, quarter)
    x = _merge(x, half)
    maps = layers.Conv2D(4, 1, dtype="float32")(_conv(x, 16))
    return IntegralBox(dtype="float32", name="coarse_box")(maps)


def window_around(pixels: int) -> Widen:
    """The layer that widens boxes to what the reader is to see, on pictures so many pixels wide."""
    return Widen(GLIMPSE_MARGIN, 1.5 / pixels, dtype="float32")


def read_digit(glimpse: Tensor) -> tuple[Tensor, list[Tensor]]:
    """The logits of a glimpse, and the maps that they are read off, the finest first."""
    full = _conv(_conv(glimpse, 24), 24)
    half = _conv(_conv(full, 32, stride=2), 64)
    quarter = _conv(_conv(half, 96, stride=2), 128)
    x = layers.Flatten()(layers.AveragePooling2D(2)(quarter))
    logits = layers.Dense(NUM_CLASSES, dtype="float32", name="logits")(layers.Dropout(0.3)(x))
    return logits, [full, half, quarter]


def _refine(maps: list[Tensor], window: Tensor) -> Tensor:
    full, half, quarter = maps
    x = _conv(_merge(_merge(quarter, half), full), 24)
    inside = IntegralBox(dtype="float32")(layers.Conv2D(4, 1, dtype="float32")(x))
    return OutOfWindow(dtype="float32", name="box")(inside, window)


def build(height: int, width: int, channels: int) -> keras.Model:
    """Builds the network, whose further output `coarse_box` is the locator's word on the box."""
    picture = keras.Input((height, width, channels), name="picture")
    coarse = _locate(picture)
    window = window_around(min(height, width))(coarse)
    glimpse = Glimpse(GLIMPSE_SIZE, dtype="float32")(picture, window)
    logits, maps = read_digit(glimpse)
    box = _refine(maps, window)
    return keras.Model(picture, {"logits": logits, "box": box, "coarse_box": coarse}, name="edge")
