"""The Transform component's `preprocessing_fn`: decode, fit to the canvas, normalise.

The graph traced here is the only one there is: training reads through it and every exported model
carries it. A picture of another size than the canvas is fitted in whole (scaled, then padded), and
the task's targets with it.
"""

import functools
from typing import Any, Final

import tensorflow as tf
import tensorflow_transform as tft

from trainer.decoding import decode, to_channels
from vocabulary import features
from vocabulary.task.find import task_part
from vocabulary.task.training import Targets

TASK: Final = "task"
"""The key of `custom_config` that holds the options of the task that targets depend on."""

PICTURE: Final = "picture"
FRAME: Final = "frame"
SIZE: Final = "picture_size"
MEAN: Final = "pixel_mean"
STDDEV: Final = "pixel_stddev"


def preprocessing_fn(
    inputs: dict[str, tf.Tensor], custom_config: dict[str, Any]
) -> dict[str, tf.Tensor]:
    """Turns raw features into what the model is trained on.

    Args:
        inputs: the features of `vocabulary.features`, each [batch, 1].
        custom_config: `height`, `width` and `channels` of the canvas; `task`: options of the task.

    Returns:
        `picture`: float32 [batch, height, width, channels], zero mean and unit variance over the
        training split; the targets of the task by their names; `frame`: float32 [batch, 4], (xmin,
        ymin, xmax, ymax) in [0, 1], the part of the canvas that the picture fills; `picture_size`:
        float32 [batch, 2], its width and height in pixels; `pixel_mean` and `pixel_stddev`: float32
        [batch, channels], the statistics.
    """
    options = custom_config[TASK]
    task: Targets = task_part(options["kind"], "targets")
    height, width, channels = (custom_config[key] for key in ("height", "width", "channels"))
    encoded = tf.reshape(inputs[features.IMAGE], [-1])
    pictures, frames, sizes = load_pictures(encoded, height=height, width=width, channels=channels)
    mean, stddev = _pixel_statistics(pictures)
    batch = tf.shape(encoded)[0]
    return {
        PICTURE: normalise(pictures, mean, stddev),
        **task.build_targets(inputs, frames, options, canvas=(height, width)),
        FRAME: frames,
        SIZE: sizes,
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


def load_pictures(
    encoded: tf.Tensor, *, height: int, width: int, channels: int
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Decodes PNG or JPEG of any size, depth and number of channels and fits it to the canvas.

    Takes string [batch]. Gives the pictures, float32 [batch, height, width, channels] in [0, 1],
    the part of the canvas that each fills, float32 [batch, 4], and the width and height that each
    was decoded to, float32 [batch, 2]. Raises as `decode`.
    """
    pictures, frames, sizes = _loader(height, width, channels)(encoded)
    return pictures, frames, sizes


@functools.cache
def _loader(height: int, width: int, channels: int) -> Any:
    """`load_pictures` as a function that is traced once: Transform calls it in ten graphs."""

    def load(one: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        pixels, shape = decode(one, height=height, width=width)
        size = _fitting_size(shape, height, width)
        scaled = to_channels(_scale(pixels, shape, size), channels)
        picture, frame = _pad(scaled, size, height, width)
        return tf.ensure_shape(picture, [height, width, channels]), frame, shape[::-1]

    def load_all(encoded: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        return tf.map_fn(load, encoded, fn_output_signature=(tf.float32,) * 3)

    return tf.function(load_all, [tf.TensorSpec([None], tf.string)], autograph=False)


def _fitting_size(shape: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """The largest size, int32 [2], at which a picture of this height and width fits the canvas."""
    canvas = tf.constant([height, width])
    ratio = tf.reduce_min(tf.cast(canvas, tf.float32) / shape)
    return tf.clip_by_value(tf.cast(tf.round(shape * ratio), tf.int32), 1, canvas)


def _scale(pixels: tf.Tensor, shape: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """uint8 [rows, columns, n], of which `shape` is filled, to float32 [*size, n] in [0, 1].

    It is what `tf.image.resize` does with antialias, for a shape that may be a fraction.
    """

    def resize() -> tf.Tensor:
        scaled = tf.raw_ops.ScaleAndTranslate(
            images=pixels[tf.newaxis],
            size=size,
            scale=tf.cast(size, tf.float32) / shape,
            translation=tf.zeros([2]),
            kernel_type="triangle",
            antialias=True,
        )
        return tf.clip_by_value(scaled[0], 0.0, 255.0)

    whole = tf.reduce_all(tf.equal(tf.shape(pixels)[:2], size))
    return tf.cond(whole, lambda: tf.cast(pixels, tf.float32), resize) * (1 / 255)


def _pad(
    picture: tf.Tensor, size: tf.Tensor, height: int, width: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """The picture in the middle of a canvas like its border, and the part of it that it fills."""
    corner = (tf.constant([height, width]) - size) // 2
    at = (corner[0], corner[1], height, width)
    beyond = 1.0 - tf.image.pad_to_bounding_box(tf.ones_like(picture), *at)
    fitted = tf.image.pad_to_bounding_box(picture, *at) + beyond * border_of(picture)
    edges = tf.concat([corner[::-1], (corner + size)[::-1]], axis=0)
    frame = tf.cast(edges, tf.float32) / tf.constant([width, height, width, height], tf.float32)
    return fitted, frame


def border_of(picture: tf.Tensor) -> tf.Tensor:
    """The median of the outermost pixels of float32 [rows, columns, n], float32 [n]."""
    sides = [picture[0], picture[-1], picture[:, 0], picture[:, -1]]
    values = tf.sort(tf.concat(sides, axis=0), axis=0)
    return values[tf.shape(values)[0] // 2]
