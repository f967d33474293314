"""Boxes of a picture, on the canvas and back."""

import numpy as np
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from trainer.frames import into_frames, out_of_frames

_unit = st.floats(0, 1)


@given(
    box=st.tuples(_unit, _unit, _unit, _unit),
    low=st.floats(0, 0.4),
    high=st.floats(0.5, 1),
)
def test_out_of_frames_undoes_into_frames(box: tuple[float, ...], low: float, high: float) -> None:
    boxes = tf.constant([box], tf.float32)
    frames = tf.constant([[low, 0.0, high, 1.0]], tf.float32)
    back = out_of_frames(into_frames(boxes, frames), frames)
    np.testing.assert_allclose(back.numpy(), boxes.numpy(), atol=1e-5)
