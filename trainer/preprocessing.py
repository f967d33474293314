"""The Transform component's `preprocessing_fn`: decode, fit to the canvas, normalise.

The graph traced here is the only one there is: training reads through it and every exported model
carries it. A picture of another size than the canvas is fitted in whole (scaled, then padded), and
its boxes with it.
"""

from typing import Any, Final

import tensorflow as tf
import tensorflow_transform as tft

from vocabulary import features

PICTURE: Final = "picture"
DIGIT: Final = "digit"
BOX: Final = "box"
FRAME: Final = "frame"
MEAN: Final = "pixel_mean"
STDDEV: Final = "pixel_stddev"

_JPEG_MAGIC = b"\xff\xd8\xff"
_TO_LUMA_AND_ALPHA = ((0.299, 0.0), (0.587, 0.0), (0.114, 0.0), (0.0, 1.0))
"""From RGBA; luma of ITU-R BT.601."""


def preprocessing_fn(
    inputs: dict[str, tf.Tensor], custom_config: dict[str, Any]
) -> dict[str, tf.Tensor]:
    """Turns raw features into what the model is trained on.

    Args:
        inputs: the features of `vocabulary.features`, each [batch, 1].
        custom_config: `height`, `width` and `channels` of the canvas.

    Returns:
        `picture`: float32 [batch, height, width, channels], zero mean and unit variance over the
        training split; `digit`: int64 [batch]; `box`: float32 [batch, 4], (xmin, ymin, xmax, ymax)
        in [0, 1] of the canvas; `frame`: float32 [batch, 4], the part of the canvas that the
        picture fills; `pixel_mean` and `pixel_stddev`: float32 [batch, channels], the statistics.
    """
    height, width, channels = (custom_config[key] for key in ("height", "width", "channels"))
    encoded = tf.reshape(inputs[features.IMAGE], [-1])
    pictures, frames = load_pictures(encoded, height=height, width=width, channels=channels)
    mean, stddev = _pixel_statistics(pictures)
    boxes = tf.concat([tf.reshape(inputs[key], [-1, 1]) for key in features.BOX], axis=1)
    batch = tf.shape(encoded)[0]
    return {
        PICTURE: normalise(pictures, mean, stddev),
        DIGIT: tf.reshape(inputs[features.LABEL], [-1]),
        BOX: into_frames(boxes, frames),
        FRAME: frames,
        MEAN: tf.tile(mean[tf.newaxis], [batch, 1]),
        STDDEV: tf.tile(stddev[tf.newaxis], [batch, 1]),
    }


def _pixel_statistics(pictures: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean and standard deviation of each channel over the training split, float32 [channels].

    All pictures have as many pixels, so that the means of single pictures are enough to hand to the
    analysers: a five-thousandth of the values.
    """
    mean = tft.mean(tf.reduce_mean(pictures, axis=[1, 2]), reduce_instance_dims=False)
    square = tft.mean(tf.reduce_mean(pictures**2, axis=[1, 2]), reduce_instance_dims=False)
    return mean, tf.sqrt(tf.maximum(square - mean**2, 0.0))


def normalise(pictures: tf.Tensor, mean: tf.Tensor, stddev: tf.Tensor) -> tf.Tensor:
    """Scales float32 [batch, height, width, channels] to zero mean and unit variance.

    `mean` and `stddev` are float32 [channels]; blank training pictures have no variance, and are
    only centred.
    """
    return (pictures - mean) / tf.where(stddev > 0, stddev, tf.ones_like(stddev))


def into_frames(boxes: tf.Tensor, frames: tf.Tensor) -> tf.Tensor:
    """From coordinates of the picture to those of the canvas: float32 [batch, 4] each."""
    corner, size = _corner_and_size(frames)
    return corner + boxes * size


def out_of_frames(boxes: tf.Tensor, frames: tf.Tensor) -> tf.Tensor:
    """From coordinates of the canvas to those of the picture: float32 [batch, 4] each."""
    corner, size = _corner_and_size(frames)
    return (boxes - corner) / size


def _corner_and_size(frames: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    corner, opposite = frames[:, :2], frames[:, 2:]
    return tf.tile(corner, [1, 2]), tf.tile(opposite - corner, [1, 2])


def load_pictures(
    encoded: tf.Tensor, *, height: int, width: int, channels: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """Decodes PNG or JPEG of any size, depth and number of channels and fits it to the canvas.

    Args:
        encoded: string [batch].
        height: of the canvas, pixels.
        width: of the canvas, pixels.
        channels: of the canvas, 1 or 3.

    Returns:
        The pictures, float32 [batch, height, width, channels] in [0, 1], and the part of the
        canvas that each fills, float32 [batch, 4].

    Raises:
        tf.errors.InvalidArgumentError: for bytes that are not a whole PNG or JPEG.
    """

    def load(one: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        picture, frame = _fit(_decode(one, channels), height, width)
        return tf.ensure_shape(picture, [height, width, channels]), frame

    return tf.map_fn(load, encoded, fn_output_signature=(tf.float32, tf.float32))


def _decode(encoded: tf.Tensor, channels: int) -> tf.Tensor:
    """float32 [height, width, channels] in [0, 1]; what is transparent is black, like paper."""
    is_jpeg = tf.equal(tf.strings.substr(encoded, 0, len(_JPEG_MAGIC)), _JPEG_MAGIC)
    rgba = tf.cond(is_jpeg, lambda: _decode_jpeg(encoded), lambda: _decode_png(encoded))
    if channels == 1:
        rgba = _into_luma_and_alpha(rgba)
    return rgba[..., :-1] * rgba[..., -1:]


def _into_luma_and_alpha(rgba: tf.Tensor) -> tf.Tensor:
    """As one product of matrices, which takes a third of the time of a sum over the last axis."""
    product = tf.matmul(tf.reshape(rgba, [-1, 4]), tf.constant(_TO_LUMA_AND_ALPHA))
    return tf.reshape(product, tf.concat([tf.shape(rgba)[:2], [2]], axis=0))


def _decode_jpeg(encoded: tf.Tensor) -> tf.Tensor:
    rgb = tf.image.convert_image_dtype(tf.io.decode_jpeg(encoded, channels=3), tf.float32)
    return tf.concat([rgb, tf.ones_like(rgb[..., :1])], axis=-1)


def _decode_png(encoded: tf.Tensor) -> tf.Tensor:
    return tf.image.convert_image_dtype(tf.io.decode_png(encoded, channels=4), tf.float32)


def _fit(picture: tf.Tensor, height: int, width: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Scales a picture to the largest size that fits the canvas and pads the rest with black."""
    shape = tf.shape(picture)[:2]
    canvas = tf.constant([height, width])
    ratio = tf.reduce_min(tf.cast(canvas, tf.float32) / tf.cast(shape, tf.float32))
    size = tf.clip_by_value(
        tf.cast(tf.round(tf.cast(shape, tf.float32) * ratio), tf.int32), 1, canvas
    )
    corner = (canvas - size) // 2
    fitted = tf.cond(
        tf.reduce_all(tf.equal(shape, canvas)),
        lambda: picture,
        lambda: tf.image.pad_to_bounding_box(
            tf.clip_by_value(tf.image.resize(picture, size, antialias=True), 0.0, 1.0),
            corner[0],
            corner[1],
            height,
            width,
        ),
    )
    edges = tf.concat([corner[::-1], (corner + size)[::-1]], axis=0)
    frame = tf.cast(edges, tf.float32) / tf.constant([width, height, width, height], tf.float32)
    return fitted, frame
