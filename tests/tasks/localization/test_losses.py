"""Losses and metrics of boxes."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from tasks.localization import losses
from tasks.localization.training import build_metrics
from vocabulary import boxes

_edge = st.floats(-0.5, 1.5)
_box = st.tuples(_edge, _edge, _edge, _edge)
_true = st.tuples(
    st.floats(0, 0.45),
    st.floats(0, 0.45),
    st.floats(0.5, 1),
    st.floats(0.5, 1),
)


@given(true=_true, predicted=_box)
def test_iou_is_that_of_the_evaluation(true: tuple[float, ...], predicted: tuple) -> None:
    measured = losses.iou(np.float32([true]), np.float32([predicted]))
    assert float(measured[0]) == pytest.approx(float(boxes.iou(true, predicted)), abs=1e-4)


@given(true=_true, predicted=_box)
def test_giou_l1_is_finite_with_its_gradient(true: tuple[float, ...], predicted: tuple) -> None:
    variable = tf.Variable([predicted], dtype=tf.float32)
    with tf.GradientTape() as tape:
        loss = losses.giou_l1(tf.constant([true], tf.float32), variable)
    assert np.isfinite(loss.numpy()).all()
    assert np.isfinite(tape.gradient(loss, variable).numpy()).all()


def test_giou_l1_is_0_for_the_true_box_and_grows_with_distance() -> None:
    true = np.float32([[0.1, 0.1, 0.3, 0.3]] * 3)
    moved = true + np.float32([[0], [0.05], [0.5]])
    near, far, farther = losses.giou_l1(true, moved).numpy()
    assert near == pytest.approx(0, abs=1e-4)
    assert 0 < far < farther
    # Disjoint boxes: IoU 0, hull 0.7^2, union 2 * 0.2^2 by the definition of GIoU.
    assert farther == pytest.approx(1 + (0.49 - 0.08) / 0.49 + 5 * 0.5, abs=1e-4)


def test_a_picture_without_a_digit_pulls_no_box() -> None:
    true = tf.constant([[0.3, 0.5, 0.3, 0.5], [0.1, 0.1, 0.4, 0.4]])
    predicted = tf.Variable([[0.2, 0.2, 0.6, 0.7]] * 2)
    with tf.GradientTape() as tape:
        loss = losses.where_digits(losses.giou_l1)(true, predicted)
    gradient = tape.gradient(loss, predicted).numpy()
    assert loss[0] == 0 < loss[1]
    assert not gradient[0].any()
    assert gradient[1].any()


def test_metrics_of_training_are_of_the_pictures_with_a_digit() -> None:
    accuracy, iou = (metric for (metric,) in build_metrics().values())
    logits = np.eye(10, dtype=np.float32)[[3, 4, 0]]
    accuracy.update_state(np.array([[3], [5], [-1]]), logits)
    assert float(accuracy.result()) == 0.5
    boxes_ = np.float32([[0.1, 0.1, 0.4, 0.4], [0.0, 0.0, 0.0, 0.0]])
    iou.update_state(boxes_, np.float32([[0.1, 0.1, 0.4, 0.4]] * 2))
    assert float(iou.result()) == pytest.approx(1.0, abs=1e-4)
