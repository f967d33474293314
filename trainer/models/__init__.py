"""The networks, one file each.

Each has `build(height, width, channels)`, a Keras model from `picture` (float32 [batch, height,
width, channels], normalised) to `logits` (float32 [batch, 10]) and `box` (float32 [batch, 4],
(xmin, ymin, xmax, ymax) in [0, 1] of the canvas). Further outputs serve training alone, and are
named in `trainer.losses.TARGETS`.
"""

import keras

from trainer.models import edge, lab

BUILDERS = {"edge": edge.build, "lab": lab.build}
"""By their names in the config."""


def build_model(kind: str, *, height: int, width: int, channels: int) -> keras.Model:
    """Builds the network of that name for a canvas."""
    return BUILDERS[kind](height, width, channels)
