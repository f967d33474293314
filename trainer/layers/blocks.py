"""Convolutions as networks have them: normalised, with residuals, and merged."""

from typing import Any

from keras import layers

from trainer.layers.normalization import BatchNormalization

Tensor = Any


def convolve(
    x: Tensor,
    filters: int,
    *,
    stride: int | tuple[int, int] = 1,
    kernel: int | tuple[int, int] = 3,
    padding: str = "same",
) -> Tensor:
    """A convolution, batch normalisation and ReLU."""
    x = layers.Conv2D(filters, kernel, strides=stride, padding=padding, use_bias=False)(x)
    return layers.Activation("relu")(BatchNormalization(momentum=0.9)(x))


def residual(x: Tensor) -> Tensor:
    """Two convolutions and a shortcut around them (K. He et al., CVPR 2016)."""
    filters = x.shape[-1]
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(convolve(x, filters))
    y = BatchNormalization(momentum=0.9, gamma_initializer="zeros")(y)
    return layers.Activation("relu")(layers.Add()([x, y]))


def merge(coarse: Tensor, fine: Tensor) -> Tensor:
    """Adds a coarse map, enlarged to twice its size, to a fine one."""
    filters = fine.shape[-1]
    coarse = layers.UpSampling2D(2)(layers.Conv2D(filters, 1)(coarse))
    extra = [coarse.shape[axis] - fine.shape[axis] for axis in (1, 2)]
    coarse = layers.Cropping2D(((0, extra[0]), (0, extra[1])))(coarse)
    return layers.Add()([fine, coarse])
