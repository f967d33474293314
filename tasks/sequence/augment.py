"""Augmentation that keeps the number: no digit leaves the picture, and none changes its place."""

from typing import Any

import tensorflow as tf


def shrink(pictures: tf.Tensor, seed: Any, *, most: float) -> tf.Tensor:
    """Draws each picture smaller, each way by a share of its own, somewhere on the canvas.

    What is around it then is what was at its border.

    Args:
        pictures: [batch, height, width, channels].
        seed: of TensorFlow's stateless random numbers.
        most: share by which each side becomes shorter at most, 0 to 1.
    """
    batch, height, width = pictures.shape[:3]
    random = tf.random.stateless_uniform([4, batch], seed)
    shares = 1.0 - most * random[:2]
    size = tf.constant([[width], [height]], tf.float32) - 1.0
    corner = random[2:] * size * (1.0 - shares)
    none, factor = tf.zeros([batch]), 1.0 / shares
    offset = -corner * factor
    # Eight numbers of a projection, from places on the result to those on the picture.
    transforms = tf.stack(
        [factor[0], none, offset[0], none, factor[1], offset[1], none, none], axis=1
    )
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=pictures, transforms=transforms, output_shape=[height, width], fill_value=0.0,
        interpolation="BILINEAR", fill_mode="NEAREST",
    )  # fmt: skip
