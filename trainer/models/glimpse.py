"""Cuts a box out of a picture and brings it to a fixed size, as two matrix products."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("digits")
class Glimpse(keras.layers.Layer):
    """Resamples what a box and a margin around it hold to [batch, size, size, channels].

    Takes pictures [batch, height, width, channels] and boxes float32 [batch, 4], (xmin, ymin, xmax,
    ymax) in [0, 1]. Bilinear, with a kernel as wide as the step where that is over a pixel. Matrix
    products with static shapes suit a TPU, which has no crop-and-resize. No gradient flows into the
    boxes: what is read must not move where it is looked for.
    """

    def __init__(self, size: int, *, margin: float, **options: Any):
        super().__init__(**options)
        self.size, self.margin = size, margin

    def call(self, inputs: tuple[Any, Any]) -> Any:
        """See the class."""
        pictures, boxes = inputs
        boxes = ops.stop_gradient(ops.cast(boxes, "float32"))
        across = self._weights(boxes[:, 0], boxes[:, 2], pictures.shape[2])
        down = self._weights(boxes[:, 1], boxes[:, 3], pictures.shape[1])
        rows = ops.einsum("bih,bhwc->biwc", ops.cast(down, pictures.dtype), pictures)
        return ops.einsum("bjw,biwc->bijc", ops.cast(across, pictures.dtype), rows)

    def _weights(self, low: Any, high: Any, pixels: int) -> Any:
        """How much each pixel counts at each place sampled: float32 [batch, size, pixels]."""
        margin = self.margin * ops.relu(high - low) + 1.0 / pixels
        low, high = low - margin, high + margin
        step = ops.maximum(high - low, 1.0 / pixels) / self.size
        places = low[:, None] + step[:, None] * (ops.arange(self.size, dtype="float32") + 0.5)
        centres = (ops.arange(pixels, dtype="float32") + 0.5) / pixels
        reach = ops.maximum(step, 1.0 / pixels)[:, None, None]
        weights = ops.relu(1.0 - ops.abs(places[:, :, None] - centres) / reach)
        return weights / ops.maximum(ops.sum(weights, axis=-1, keepdims=True), 1e-6)

    def compute_output_shape(self, input_shape: list[tuple[int | None, ...]]) -> tuple[Any, ...]:
        """A square for each picture."""
        return (input_shape[0][0], self.size, self.size, input_shape[0][3])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "size": self.size, "margin": self.margin}
