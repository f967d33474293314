"""From what begins at each column to the digits in order, and how many there are.

It is the expected alignment of C. Raffel et al., "Online and Linear-Time Attention by Enforcing
Monotonic Alignments", ICML 2017, for columns that each hold one symbol, of which no two neighbours
hold a digit. So a digit that may as well begin in either of two columns begins in one of them for
sure: if not in the first, then in the second.
"""

import math
from typing import Any

import keras
from keras import ops

from tasks.sequence.number import LONGEST

Tensor = Any
Shape = tuple[int | None, ...]

_DIGITS_AT_FIRST = 3.0
"""How many are expected where all logits are alike: a network must not begin with a digit in each
column, which is far from any number."""
_TINY = 1e-9


@keras.saving.register_keras_serializable("digits")
class ReadingOrder(keras.layers.Layer):
    """Reads columns from the left, of which each holds one digit or, mostly, none.

    Takes logits float32 [batch, columns, classes + 1], of the digits and, beyond that columns with
    one are rare, of none. Gives what a network's
    heads give, as logarithms of probabilities: float32 [batch, 7] of the length, 0 to 5 and more;
    and float32 [batch, 5, classes + 1] of the symbol at each place, of which the last is no digit.

    What a column says is how probable a digit is where the column before it holds none. Given that,
    both are exact: whether a column holds the third digit is whether it holds one, and those before
    it two.
    """

    def call(self, columns: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        classes = columns.shape[2] - 1
        rare = math.log(classes * max(columns.shape[1] / _DIGITS_AT_FIRST - 1.0, 1.0))
        symbols = ops.softmax(columns + rare * ops.one_hot([classes], classes + 1), axis=-1)
        stays, digits = symbols[..., classes], symbols[..., :classes]
        # How many digits there were: where the column before holds none, and where it holds one.
        free = ops.one_hot(ops.zeros(ops.shape(stays)[:1], "int32"), LONGEST + 1)
        taken, counts = ops.zeros_like(free), []
        for column in range(columns.shape[1]):
            counts.append(free)
            begun = free * (1.0 - stays[:, column : column + 1])
            free, taken = free - begun + taken, ops.pad(begun[:, :-1], ((0, 0), (1, 0)))
        at = ops.stack(counts, axis=1)[..., :LONGEST]
        places = ops.einsum("bti,btc->bic", at, digits)
        length = free + taken
        length = ops.concatenate([length, 1.0 - ops.sum(length, -1, keepdims=True)], axis=-1)
        nothing = 1.0 - ops.sum(places, axis=-1, keepdims=True)
        return _logarithm(length), _logarithm(ops.concatenate([places, nothing], axis=-1))

    def compute_output_shape(self, input_shape: Shape) -> tuple[Shape, Shape]:
        """Those of the heads."""
        return (input_shape[0], LONGEST + 2), (input_shape[0], LONGEST, input_shape[2])


def _logarithm(probabilities: Tensor) -> Tensor:
    return ops.log(ops.maximum(probabilities, 0.0) + _TINY)
