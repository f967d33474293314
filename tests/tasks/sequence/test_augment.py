"""Augmentation: smaller, somewhere else, and whole."""

import numpy as np
import tensorflow as tf

from tasks.sequence.augment import shrink


def test_all_ink_stays_on_the_canvas_in_its_order() -> None:
    picture = np.zeros((40, 28, 100, 1), np.float32)
    picture[:, 2:26, 2:8], picture[:, 2:26, 92:98] = 1.0, 2.0
    shrunk = shrink(tf.constant(picture), [1, 2], most=0.3).numpy()[..., 0]
    assert shrunk.shape == picture.shape[:-1]
    places = []
    for one in shrunk:
        first, second = (
            np.flatnonzero((abs(one - grey) < 0.01).any(axis=0)) for grey in (1.0, 2.0)
        )
        assert first.max() < second.min()
        assert not np.concatenate([one[[0, -1]].ravel(), one[:, [0, -1]].ravel()]).any()
        places.append(int(first.min()))
    assert len(set(places)) > 5


def test_nothing_is_done_where_nothing_is_asked_for() -> None:
    picture = tf.random.stateless_uniform([3, 28, 60, 1], [0, 0])
    np.testing.assert_allclose(shrink(picture, [1, 2], most=0.0), picture, atol=1e-5)
