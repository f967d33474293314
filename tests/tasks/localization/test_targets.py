"""Targets: the digit as it is labelled, and its box on the canvas."""

import numpy as np
import tensorflow as tf

from pipeline.config.file import read_config
from tasks.localization import training
from tasks.localization.losses import has_area
from tasks.localization.targets import BOX, DIGIT, build_targets
from vocabulary import features

BOXES = np.float32([[0.1, 0.2, 0.5, 0.6], [0, 0, 1, 1]])


def targets(frames: np.ndarray) -> dict[str, tf.Tensor]:
    columns = zip(features.BOX, BOXES.T[..., np.newaxis], strict=True)
    inputs = {features.LABEL: tf.constant([[7], [0]], tf.int64), **dict(columns)}
    return build_targets(inputs, tf.constant(frames), {"kind": "localization"}, canvas=(75, 75))


def test_a_picture_of_the_size_of_the_canvas_keeps_its_box() -> None:
    made = targets(np.float32([[0, 0, 1, 1]] * 2))
    np.testing.assert_array_equal(made[DIGIT], [7, 0])
    np.testing.assert_allclose(made[BOX], BOXES, atol=1e-6)


def test_the_box_of_a_letterboxed_picture_is_where_it_is_on_the_canvas() -> None:
    made = targets(np.float32([[0, 0.25, 1, 0.75]] * 2))
    np.testing.assert_allclose(made[BOX], [[0.1, 0.35, 0.5, 0.55], [0, 0.25, 1, 0.75]], atol=1e-6)


def test_an_augmentation_leaves_a_picture_without_a_digit_without_a_box() -> None:
    move = training.build_augmentation(read_config().task)
    pictures = tf.random.stateless_normal([4, 20, 30, 1], [1, 2])
    nothing = {DIGIT: tf.constant([-1] * 4), BOX: tf.zeros([4, 4])}
    frames = tf.constant([[0.0, 0.25, 1.0, 0.75]] * 4)
    _, moved = move(pictures, nothing, frames, [3, 4])
    assert not has_area(moved[BOX]).numpy().any()
