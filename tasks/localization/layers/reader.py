"""The reader of `edge`: what is in a window at a fixed size, and where in it the edges are."""

from typing import Any

from keras import layers

from tasks.localization.layers.blocks import convolve, merge
from tasks.localization.layers.glimpse import OutOfWindow, Widen
from tasks.localization.layers.integral_box import IntegralBox

Tensor = Any

GLIMPSE_SIZE = 28
GLIMPSE_MARGIN = 0.1


def window_around(pixels: int) -> Widen:
    """The layer that widens boxes to what the reader is to see, on pictures so many pixels wide."""
    return Widen(GLIMPSE_MARGIN, 1.5 / pixels, dtype="float32")


def read_digit(glimpse: Tensor, *, classes: int) -> tuple[Tensor, list[Tensor]]:
    """The logits of a glimpse, and the maps that they are read off, the finest first."""
    full = convolve(glimpse, 16)
    half = convolve(convolve(full, 48, stride=2), 64)
    quarter = convolve(convolve(half, 96, stride=2), 128)
    x = layers.Flatten()(layers.AveragePooling2D(2)(quarter))
    logits = layers.Dense(classes, dtype="float32", name="logits")(layers.Dropout(0.3)(x))
    return logits, [half, quarter]


def refine(maps: list[Tensor], window: Tensor) -> Tensor:
    """The box float32 [batch, 4] on the picture, from the reader's maps of the window."""
    half, quarter = maps
    x = convolve(merge(quarter, half), 64)
    inside = IntegralBox(dtype="float32")(layers.Conv2D(4, 1, dtype="float32")(x))
    return OutOfWindow(dtype="float32", name="box")(inside, window)
