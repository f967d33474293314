"""What Transform makes the targets from: the digit, and its box on the canvas.

A picture without a digit has `NO_DIGIT`, and a box of no area.
"""

from collections.abc import Mapping
from typing import Any, Final

import tensorflow as tf

from trainer.frames import into_frames
from vocabulary import features

DIGIT: Final = "digit"
BOX: Final = "box"


def build_targets(
    inputs: Mapping[str, tf.Tensor],
    frames: tf.Tensor,
    options: Mapping[str, Any],
    *,
    canvas: tuple[int, int],
) -> dict[str, tf.Tensor]:
    """`digit`: int64 [batch]; `box`: float32 [batch, 4], (xmin, ymin, xmax, ymax) of the canvas.

    The schema fills in what a picture without a digit has not.
    """
    boxes = tf.concat([tf.reshape(inputs[key], [-1, 1]) for key in features.BOX], axis=1)
    return {
        DIGIT: tf.reshape(inputs[features.LABEL], [-1]),
        BOX: into_frames(boxes, frames),
    }
