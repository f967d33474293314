"""What Transform makes the target from: the digit."""

from collections.abc import Mapping
from typing import Any, Final

import tensorflow as tf

from vocabulary import features

DIGIT: Final = "digit"


def build_targets(
    inputs: Mapping[str, tf.Tensor],
    frames: tf.Tensor,
    options: Mapping[str, Any],
    *,
    canvas: tuple[int, int],
) -> dict[str, tf.Tensor]:
    """`digit`: int64 [batch]; `digit.examples.NO_DIGIT` for a picture without one."""
    return {DIGIT: tf.reshape(inputs[features.LABEL], [-1])}
