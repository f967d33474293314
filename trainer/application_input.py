"""The layer in front of a network of keras.applications; importing this registers it."""

import sys
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

Tensor = Any
Shape = tuple[int, ...]


@keras.saving.register_keras_serializable("digits")
class ApplicationInput(keras.layers.Layer):
    """Makes of a normalised picture what a network of keras.applications takes.

    From float32 [batch, height, width, 1 or 3] to float32 [batch, height, width, 3] (or another
    size), in the colours and the range that its own `preprocess_input` gives.
    """

    def __init__(
        self,
        name_of_network: str,
        *,
        size: Shape,
        mean: Sequence[float],
        stddev: Sequence[float],
        **settings: Any,
    ):
        """`size` is (height, width); the statistics, [channels], are what pictures went through."""
        super().__init__(**settings)
        self._network, self._size = name_of_network, tuple(size)
        self._mean, self._stddev = tuple(mean), tuple(stddev)

    def call(self, pictures: Tensor) -> Tensor:
        """Undoes the normalisation, resizes, and does the network's own."""
        pixels = 255.0 * (pictures * ops.array(self._stddev) + ops.array(self._mean))
        if pictures.shape[1:3] != self._size:
            pixels = ops.image.resize(pixels, self._size, antialias=True)
        # Each network has its own in its module.
        module = sys.modules[getattr(keras.applications, self._network).__module__]
        return module.preprocess_input(ops.repeat(pixels, 3 // pictures.shape[-1], axis=-1))

    def compute_output_shape(self, shape: Shape) -> Shape:
        """`shape` is that of the pictures."""
        return (shape[0], *self._size, 3)

    def get_config(self) -> dict[str, Any]:
        """What `__init__` takes."""
        return super().get_config() | {
            "name_of_network": self._network,
            "size": self._size,
            "mean": self._mean,
            "stddev": self._stddev,
        }
