"""Augmentation that keeps the number: no digit leaves the picture, and none changes its place."""

from typing import Any

import tensorflow as tf


def shrink(pictures: tf.Tensor, seed: Any, *, most: float) -> tf.Tensor:
    """Draws half of the pictures smaller, each way by a share of its own, leaning, somewhere.

    What is around a picture then is what was at its border. The first half of the batch stays as it
    is: to draw smaller is to blur, and a network that sees nothing sharp in training reads sharp
    pictures worse the longer it trains (docs/experiments.md).

    Args:
        pictures: [batch, height, width, channels].
        seed: of TensorFlow's stateless random numbers.
        most: share by which each side becomes shorter at most, 0 to 1; also by how many columns
            the next row may stand aside.
    """
    whole = pictures.shape[0] // 2
    return tf.concat([pictures[:whole], _smaller(pictures[whole:], seed, most=most)], axis=0)


def _smaller(pictures: tf.Tensor, seed: Any, *, most: float) -> tf.Tensor:
    batch, height, width = pictures.shape[:3]
    across, down, lean, left, top = tf.unstack(tf.random.stateless_uniform([5, batch], seed))
    lean = most * (2.0 * lean - 1.0)
    tall = (1.0 - most * down) * (height - 1)
    aside = tf.abs(lean) * tall  # how far the last row stands from the first
    wide = (1.0 - most * across) * (width - 1 - aside)
    left = left * (width - 1 - aside - wide) + tf.maximum(-lean, 0.0) * tall
    top = top * (height - 1 - tall)
    x, y, none = (width - 1) / wide, (height - 1) / tall, tf.zeros([batch])
    # Eight numbers of a projection, from places on the result to those on the picture.
    transforms = tf.stack(
        [x, -x * lean, x * (lean * top - left), none, y, -y * top, none, none], axis=1
    )
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=pictures, transforms=transforms, output_shape=[height, width], fill_value=0.0,
        interpolation="BILINEAR", fill_mode="NEAREST",
    )  # fmt: skip
