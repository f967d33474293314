"""A box from four maps, each edge as an expectation over columns or rows."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("digits")
class IntegralBox(keras.layers.Layer):
    """Reads a box off float32 [batch, rows, columns, 4], maps of xmin, ymin, xmax, ymax.

    The evidence for an edge at a column is the log-sum-exp of its map over that column; the edge is
    the mean place under the softmax of the evidence. Gives float32 [batch, 4] in [0, 1].
    """

    def call(self, maps: Any) -> Any:
        """See the class."""
        columns, rows = (ops.logsumexp(maps, axis=axis) for axis in (1, 2))
        x, y = _expected_place(columns), _expected_place(rows)
        return ops.stack([x[:, 0], y[:, 1], x[:, 2], y[:, 3]], axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """One box for each picture."""
        return (input_shape[0], 4)


def _expected_place(evidence: Any) -> Any:
    """The mean place, [batch, 4] in [0, 1], under softmax of the evidence [batch, places, 4]."""
    places = ops.linspace(0.0, 1.0, evidence.shape[1])
    return ops.sum(ops.softmax(evidence, axis=1) * places[None, :, None], axis=1)
