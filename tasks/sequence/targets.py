"""What Transform makes the targets from: the digits from the left, and how many there are."""

from collections.abc import Mapping
from typing import Any, Final

import tensorflow as tf

from tasks.sequence.number import BLANK, LONGEST, MORE
from vocabulary import features

LENGTH: Final = "length"
DIGITS: Final = "digits"


def build_targets(
    inputs: Mapping[str, tf.Tensor],
    frames: tf.Tensor,
    options: Mapping[str, Any],
    *,
    canvas: tuple[int, int],
) -> dict[str, tf.Tensor]:
    """`length`: int64 [batch], 0 to `MORE`; `digits`: int64 [batch, 5], filled up with `BLANK`."""
    labels: tf.SparseTensor = inputs[features.LABEL]
    rows = tf.sparse.to_dense(labels, default_value=BLANK)
    length = tf.reduce_sum(tf.cast(rows != BLANK, tf.int64), axis=1)
    digits = tf.pad(rows, [[0, 0], [0, LONGEST]], constant_values=BLANK)[:, :LONGEST]
    return {LENGTH: tf.minimum(length, MORE), DIGITS: tf.reshape(digits, [-1, LONGEST])}
