"""`unet`: down to coarser maps and up again, with each level's detail handed across.

O. Ronneberger et al., "U-Net: Convolutional Networks for Biomedical Image Segmentation", MICCAI
2015. There convolutions lose a border (`valid`), and pictures are mirrored beyond their edges to
make up for it; `same` pads each convolution with zeros, which costs less.
"""

from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field

from trainer.network import ModelBase

if TYPE_CHECKING:
    import keras
    import keras_tuner

SMALLEST: Final = 28
"""Pixels that a canvas must have each way."""


class Options(ModelBase):
    """How large it is."""

    depth: int = Field(3, ge=1, le=5, description="times that maps are halved")
    width: int = Field(12, ge=1, le=256, description="filters at the top, twice at each level down")
    padding: Literal["same", "valid"] = Field("same", description="of convolutions")


def build(
    height: int, width: int, channels: int, *, task: Any, options: Options, statistics: Any
) -> "keras.Model":
    """Builds the network."""
    from keras import Input, Model, layers

    from tasks.segmentation.mirrored import Mirrored

    picture = Input((height, width, channels), name="picture")
    grown = [_pads(side, options) for side in (height, width)]
    x = picture
    if any(map(any, grown)):
        x = (Mirrored if options.padding == "valid" else layers.ZeroPadding2D)(grown)(x)
    across = []
    for level in range(options.depth):
        across.append(_convolve(x, level, options))
        x = layers.MaxPooling2D(2)(across[-1])
    x = _convolve(x, options.depth, options)
    for level in reversed(range(options.depth)):
        x = layers.Conv2DTranspose(options.width << level, 2, strides=2)(x)
        x = layers.Concatenate()([_centre(across[level], *x.shape[1:3]), x])
        x = _convolve(x, level, options)
    outputs = {"mask": layers.Conv2D(1, 1, dtype="float32", name="mask")(_centre(x, height, width))}
    return Model(picture, outputs, name="unet")


def _pads(side: int, options: Options) -> tuple[int, int]:
    """How many pixels a side grows at either end, for maps that halve and answer for all of it."""
    lost = 4 if options.padding == "valid" else 0  # by each pair of convolutions
    inner = 1
    while _answered(inner, lost, options.depth) < side:
        inner += 1
    more = _needed(inner, lost, options.depth) - side
    return more // 2, more - more // 2


def _answered(inner: int, lost: int, depth: int) -> int:
    """The side of the answer, where that of the coarsest map is `inner` after its convolutions."""
    for _ in range(depth):
        inner = 2 * inner - lost
    return inner


def _needed(inner: int, lost: int, depth: int) -> int:
    """The side of the picture, likewise."""
    side = inner + lost
    for _ in range(depth):
        side = 2 * side + lost
    return side


def _convolve(x: Any, level: int, options: Options) -> Any:
    """Two convolutions, each with batch normalisation and ReLU."""
    from keras import layers

    from trainer.layers.normalization import BatchNormalization

    for _ in range(2):
        filters = options.width << level
        x = layers.Conv2D(filters, 3, padding=options.padding, use_bias=False)(x)
        x = layers.Activation("relu")(BatchNormalization(momentum=0.97)(x))
    return x


def _centre(x: Any, height: int, width: int) -> Any:
    """The middle of a map."""
    from keras import layers

    more = [of - side for of, side in zip(x.shape[1:3], (height, width), strict=True)]
    if not any(more):
        return x
    rows, columns = ((some // 2, some - some // 2) for some in more)
    return layers.Cropping2D((rows, columns))(x)


def search_space(hyperparameters: "keras_tuner.HyperParameters") -> None:
    """Declares what the Tuner tries."""
    hyperparameters.Float("learning_rate", 1e-3, 2e-2, sampling="log")
