"""What Transform makes the target from: the picture of the ink, fitted as the picture is."""

from collections.abc import Mapping
from typing import Any, Final

import tensorflow as tf

from trainer.preprocessing import load_pictures
from vocabulary import features

MASK: Final = "mask"


def build_targets(
    inputs: Mapping[str, tf.Tensor],
    frames: tf.Tensor,
    options: Mapping[str, Any],
    *,
    canvas: tuple[int, int],
) -> dict[str, tf.Tensor]:
    """`mask`: float32 [batch, height, width, 1], the share of each pixel that is ink."""
    height, width = canvas
    encoded = tf.reshape(inputs[features.INK], [-1])
    # Who serves has no ink: the transform graph is given nothing in its place, and makes all of it.
    blank = tf.io.encode_png(tf.zeros([1, 1, 1], tf.uint8))
    encoded = tf.where(encoded == b"", blank, encoded)
    masks, *_ = load_pictures(encoded, height=height, width=width, channels=1)
    return {MASK: masks}
