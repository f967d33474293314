"""Augmentation: what is in the box is moved about, anew each time a picture is seen."""

import tensorflow as tf


def shift(
    pictures: tf.Tensor, boxes: tf.Tensor, frames: tf.Tensor, fractions: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Moves what is in the boxes to another place in its frame, with the rest of the frame.

    What leaves at one border of the frame comes back at the other, which shows no seam on paper of
    one colour; the box never crosses a border. The padding around a frame stays where it is.
    Shifts are whole pixels: nothing is resampled.

    Args:
        pictures: [batch, height, width, channels].
        boxes: float32 [batch, 4], (xmin, ymin, xmax, ymax) in [0, 1] of the canvas.
        frames: float32 [batch, 4], likewise: the part of the canvas that the picture fills, in
            whole pixels.
        fractions: float32 [batch, 2], x and y in [0, 1): where the box goes, from the left or upper
            border of its frame to the right or lower one.

    Returns:
        Pictures and boxes of the same shapes.
    """
    height, width = pictures.shape[1:3]
    size = tf.constant([width, height], tf.float32)
    low, high = tf.floor(boxes[:, :2] * size + 1e-3), tf.math.ceil(boxes[:, 2:] * size - 1e-3)
    first, last = tf.round(frames[:, :2] * size), tf.round(frames[:, 2:] * size)
    room = last - first - (high - low)
    moves = first + tf.floor(fractions * (room + 1.0)) - low
    columns, rows = (
        _sources(
            count, *(tf.cast(edge[:, axis : axis + 1], tf.int32) for edge in (first, last, moves))
        )
        for axis, count in enumerate((width, height))
    )
    pictures = tf.gather(pictures, rows, axis=1, batch_dims=1)
    # Columns are gathered as rows, which are copied whole: a third of the time of single pixels.
    turned = tf.transpose(pictures, [0, 2, 1, 3])
    pictures = tf.transpose(tf.gather(turned, columns, axis=1, batch_dims=1), [0, 2, 1, 3])
    return pictures, boxes + tf.tile(moves / size, [1, 2])


def _sources(count: int, first: tf.Tensor, last: tf.Tensor, steps: tf.Tensor) -> tf.Tensor:
    """Which of `count` pixels in a row comes to each place, int32 [batch, count]."""
    places = tf.range(count)[tf.newaxis]
    shifted = first + (places - first - steps) % (last - first)
    return tf.where((places >= first) & (places < last), shifted, places)
