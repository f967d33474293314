"""Windows on a picture: cutting one out at a fixed size, and finding the way back."""

from typing import Any

import keras
from keras import ops

Tensor = Any
Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable("digits")
class Widen(keras.layers.Layer):
    """Adds a margin to boxes float32 [batch, 4]: a share of their size, and a pixel or so.

    No gradient flows back: what is read must not move where it is looked for.
    """

    def __init__(self, share: float, least: float, **options: Any):
        super().__init__(**options)
        self.share, self.least = share, least

    def call(self, boxes: Tensor) -> Tensor:
        """See the class."""
        boxes = ops.stop_gradient(boxes)
        low, high = boxes[:, :2], boxes[:, 2:]
        margin = self.share * ops.relu(high - low) + self.least
        return ops.concatenate([low - margin, ops.maximum(high, low) + margin], axis=-1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """As many boxes."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "share": self.share, "least": self.least}


@keras.saving.register_keras_serializable("digits")
class Glimpse(keras.layers.Layer):
    """Resamples windows of pictures to [batch, size, size, channels].

    Takes pictures [batch, height, width, channels] and windows float32 [batch, 4], (xmin, ymin,
    xmax, ymax), 0 to 1 on the picture and zero beyond it. Bilinear, with a kernel as wide as the
    step where that is over a pixel. Two matrix products with static shapes, which suit a TPU; it
    has no crop-and-resize.
    """

    def __init__(self, size: int, **options: Any):
        super().__init__(**options)
        self.size = size

    def call(self, pictures: Tensor, windows: Tensor) -> Tensor:
        """See the class."""
        across = self._weights(windows[:, 0], windows[:, 2], pictures.shape[2])
        down = self._weights(windows[:, 1], windows[:, 3], pictures.shape[1])
        rows = ops.einsum("bih,bhwc->biwc", down, pictures)
        return ops.einsum("bjw,biwc->bijc", across, rows)

    def _weights(self, low: Tensor, high: Tensor, pixels: int) -> Tensor:
        """How much each pixel counts at each place sampled: float32 [batch, size, pixels]."""
        step = (high - low) / self.size
        places = low[:, None] + step[:, None] * (ops.arange(self.size, dtype="float32") + 0.5)
        centres = (ops.arange(pixels, dtype="float32") + 0.5) / pixels
        reach = ops.maximum(step, 1.0 / pixels)[:, None, None]
        weights = ops.relu(1.0 - ops.abs(places[:, :, None] - centres) / reach)
        return weights / (reach * pixels)

    def compute_output_shape(self, pictures_shape: Shape, windows_shape: Shape) -> Shape:
        """A square for each picture."""
        return (pictures_shape[0], self.size, self.size, pictures_shape[3])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable("digits")
class OutOfWindow(keras.layers.Layer):
    """From coordinates within windows to those of the picture: float32 [batch, 4] each."""

    def call(self, boxes: Tensor, windows: Tensor) -> Tensor:
        """See the class."""
        corner, size = windows[:, :2], windows[:, 2:] - windows[:, :2]
        return ops.tile(corner, [1, 2]) + boxes * ops.tile(size, [1, 2])

    def compute_output_shape(self, boxes_shape: Shape, windows_shape: Shape) -> Shape:
        """As many boxes."""
        return boxes_shape
