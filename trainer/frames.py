"""Frames: the part of the canvas that a picture fills, and coordinates on either."""

import tensorflow as tf


def into_frames(edges: tf.Tensor, frames: tf.Tensor) -> tf.Tensor:
    """From the picture to the canvas: float32 [batch, 4] each, (xmin, ymin, xmax, ymax) in [0, 1].

    A frame is the part of the canvas that a picture fills.
    """
    corner, size = _corner_and_size(frames)
    return corner + edges * size


def out_of_frames(edges: tf.Tensor, frames: tf.Tensor) -> tf.Tensor:
    """From the canvas back to the picture; see `into_frames`."""
    corner, size = _corner_and_size(frames)
    return (edges - corner) / size


def _corner_and_size(frames: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    corner, opposite = frames[:, :2], frames[:, 2:]
    return tf.tile(corner, [1, 2]), tf.tile(opposite - corner, [1, 2])
