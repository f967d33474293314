"""Augmentation: pictures moved about anew each time they are seen."""

import tensorflow as tf


def shift(
    pictures: tf.Tensor, boxes: tf.Tensor, fractions: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Moves what is in the boxes to another place on the canvas, the rest along with it.

    What leaves at one border comes back at the other, which tells nothing on paper that is alike
    all over; the box never crosses a border. Integer shifts: nothing is resampled.

    Args:
        pictures: [batch, height, width, channels].
        boxes: float32 [batch, 4], (xmin, ymin, xmax, ymax) in [0, 1].
        fractions: float32 [batch, 2], x and y in [0, 1): where in the room there is.

    Returns:
        Pictures and boxes of the same shapes.
    """
    height, width = pictures.shape[1:3]
    size = tf.constant([width, height], tf.float32)
    low, high = tf.floor(boxes[:, :2] * size + 1e-3), tf.math.ceil(boxes[:, 2:] * size - 1e-3)
    moves = tf.floor(fractions * (size - high + low + 1.0)) - low
    steps = tf.cast(moves, tf.int32)
    columns = (tf.range(width) - steps[:, :1]) % width
    rows = (tf.range(height) - steps[:, 1:]) % height
    pictures = tf.gather(pictures, rows, axis=1, batch_dims=1)
    pictures = tf.gather(pictures, columns, axis=2, batch_dims=1)
    return pictures, boxes + tf.tile(moves / size, [1, 2])
