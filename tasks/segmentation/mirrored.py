"""A layer that mirrors a map beyond its edges; importing this registers it."""

from typing import Any

import keras
from keras import ops

Tensor = Any


@keras.saving.register_keras_serializable("digits")
class Mirrored(keras.layers.ZeroPadding2D):
    """Grows maps [batch, height, width, channels] as its base does, by what lies inside."""

    def call(self, inputs: Tensor) -> Tensor:
        """The grown map; the outermost pixels come first on both sides of the edge."""
        return ops.pad(inputs, [(0, 0), *self.padding, (0, 0)], mode="symmetric")
