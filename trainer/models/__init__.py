"""The networks, one file each.

Each has `build(height, width, channels)`, a Keras model from `picture` (float32 [batch, height,
width, channels], normalised) to `logits` (float32 [batch, 10]) and `box` (float32 [batch, 4],
(xmin, ymin, xmax, ymax) in [0, 1] of the canvas). Further outputs serve training alone, and are
named in `trainer.losses.TARGETS`.
"""

import keras
import tensorflow_transform as tft

from trainer.models import edge, lab
from trainer.preprocessing import PICTURE

BUILDERS = {"edge": edge.build, "lab": lab.build}
"""By their names in the config."""


def build_model(kind: str, *, height: int, width: int, channels: int) -> keras.Model:
    """Builds the network of that name for a canvas."""
    return BUILDERS[kind](height, width, channels)


def build_network(kind: str, transform: tft.TFTransformOutput) -> keras.Model:
    """Builds the network of that name for the canvas of a transform graph."""
    height, width, channels = transform.transformed_feature_spec()[PICTURE].shape
    return build_model(kind, height=height, width=width, channels=channels)
