"""A crop that moves in training; importing this registers it."""

from typing import Any

import keras
from keras import ops

Tensor = Any
Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable("digits")
class Crop(keras.layers.Layer):
    """From [batch, height, width, channels] the part [batch, side, side, channels].

    It is anywhere in training, for each picture anew, and the middle otherwise. (Keras' own
    RandomCrop scales the picture down where it does not train.)
    """

    def __init__(self, side: int, **settings: Any):
        """`side` is in pixels."""
        super().__init__(**settings)
        self.side = side
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, pictures: Tensor, training: bool = False) -> Tensor:
        """The crops."""
        rooms = [size - self.side for size in pictures.shape[1:3]]
        if not training:
            top, left = (room // 2 for room in rooms)
            return pictures[:, top : top + self.side, left : left + self.side]
        count = (ops.shape(pictures)[0], 1)
        down, across = (
            ops.floor((room + 1) * keras.random.uniform(count, seed=self.seed_generator))
            for room in rooms
        )
        ones, zeros = ops.ones_like(across), ops.zeros_like(across)
        moves = ops.concatenate([ones, zeros, across, zeros, ones, down, zeros, zeros], axis=1)
        moved = ops.image.affine_transform(pictures, moves, interpolation="nearest")
        return ops.cast(moved[:, : self.side, : self.side], pictures.dtype)

    def compute_output_shape(self, shape: Shape) -> Shape:
        """`shape` is that of the pictures."""
        return (shape[0], self.side, self.side, shape[-1])

    def get_config(self) -> dict[str, Any]:
        """What `__init__` takes."""
        return super().get_config() | {"side": self.side}
