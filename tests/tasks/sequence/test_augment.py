"""Augmentation: smaller, leaning, somewhere else, and whole."""

import numpy as np
import tensorflow as tf

from tasks.sequence.augment import shrink


def test_all_ink_stays_on_the_canvas_in_its_order() -> None:
    picture = np.zeros((40, 28, 100, 2), np.float32)
    picture[:, 2:26, 2:8, 0], picture[:, 2:26, 92:98, 1] = 1.0, 1.0
    places, leans = set(), set()
    for one in shrink(tf.constant(picture), [1, 2], most=0.3).numpy()[20:]:
        first, second = (np.flatnonzero((one[..., digit] > 0.5).any(axis=0)) for digit in (0, 1))
        assert first.max() < second.min()
        assert not (one[[0, -1]] > 0.5).any()
        assert not (one[:, [0, -1]] > 0.5).any()
        rows = [np.flatnonzero(row > 0.5) for row in one[..., 0] if (row > 0.5).any()]
        places.add(int(first.min()))
        leans.add(int(rows[-1].min() - rows[0].min()))
    assert len(places) > 5
    assert min(leans) < 0 < max(leans)


def test_half_of_the_pictures_stay_as_sharp_as_they_are() -> None:
    pictures = tf.random.stateless_uniform([8, 28, 60, 1], [0, 0])
    same = np.equal(shrink(pictures, [1, 2], most=0.3), pictures).all(axis=(1, 2, 3))
    assert same.tolist() == [True] * 4 + [False] * 4


def test_nothing_is_done_where_nothing_is_asked_for() -> None:
    picture = tf.random.stateless_uniform([3, 28, 60, 1], [0, 0])
    np.testing.assert_allclose(shrink(picture, [1, 2], most=0.0), picture, atol=1e-5)
