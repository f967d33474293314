"""The locator of `edge`: a small feature pyramid whose finest map each edge of the box is read off.

T.-Y. Lin et al., "Feature Pyramid Networks for Object Detection", CVPR 2017. Finer maps than an
eighth of the canvas make no better window for the reader (docs/experiments.md).
"""

from typing import Any

from keras import layers

from tasks.localization.layers.integral_box import IntegralBox
from trainer.layers.blocks import convolve, merge, residual

Tensor = Any


def locate(picture: Tensor) -> Tensor:
    """The box float32 [batch, 4], (xmin, ymin, xmax, ymax), in each picture [batch, h, w, c]."""
    half = convolve(picture, 16, stride=2, kernel=5)
    quarter = convolve(half, 32, stride=2)
    eighth = residual(convolve(quarter, 64, stride=2))
    sixteenth = convolve(eighth, 96, stride=2)
    x = convolve(merge(sixteenth, eighth), 64)
    maps = layers.Conv2D(4, 1, dtype="float32")(x)
    return IntegralBox(dtype="float32", name="coarse_box")(maps)
