"""What a model of localization answers, and what no working one does."""

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.config.file import read_config
from tasks.localization.answers import answer, facts, fault
from tasks.localization.answers import outputs as declared
from vocabulary.classes import TEN

WHOLE = [[0.0, 0.0, 1.0, 1.0]]
Outputs = dict[str, NDArray[np.generic]]


def answered(
    logits: object, box: object, frames: object = WHOLE, size: tuple[float, float] = (40.0, 40.0)
) -> Outputs:
    outputs = {"logits": tf.constant(logits, tf.float32), "box": tf.constant(box, tf.float32)}
    frames = tf.constant(frames, tf.float32)
    sizes = tf.tile([size], [len(outputs["box"]), 1])
    return {name: value.numpy() for name, value in answer(outputs, frames, sizes).items()}


def good() -> Outputs:
    """Of two pictures: a 9 in the left half, a 0 in the right one."""
    return {
        "digit": np.array([9, 0]),
        "probabilities": np.float32(np.eye(10)[[9, 0]]),
        "box": np.float32([[0, 0, 0.5, 1], [0.5, 0, 1, 1]]),
    }


def test_an_answer_has_the_types_and_shapes_that_are_declared_and_no_fault() -> None:
    outputs = answered(np.eye(10)[[3, 7]], [[0.1, 0.2, 0.3, 0.4]] * 2, WHOLE * 2)
    assert outputs["digit"].tolist() == [3, 7]
    expected = declared(TEN)
    assert set(outputs) == set(expected)
    for name, output in expected.items():
        assert outputs[name].dtype == output.dtype
        assert outputs[name].shape == (2, *output.shape)
    assert fault(outputs) is None


def test_a_box_is_told_in_the_frame_of_the_picture() -> None:
    # The picture fills the middle half of the canvas from left to right.
    box = answered([[0.0] * 10], [[0.375, 0.25, 0.5, 0.75]], [[0.25, 0.0, 0.75, 1.0]])["box"]
    np.testing.assert_allclose(box, [[0.25, 0.25, 0.5, 0.75]], atol=1e-6)


def test_edges_of_a_box_are_those_of_pixels_of_the_picture() -> None:
    box = answered([[0.0] * 10], [[0.12, 0.12, 0.88, 0.88]], size=(10.0, 50.0))["box"]
    np.testing.assert_allclose(box, [[0.1, 0.12, 0.9, 0.88]], atol=1e-6)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ([-0.5, 0.25, 1.5, 0.75], [0.0, 0.25, 1.0, 0.75]),
        ([0.9, 0.2, 0.1, 0.6], [0.9, 0.2, 0.9, 0.6]),
    ],
)
def test_a_box_lies_within_the_picture_and_is_never_inverted(
    box: list[float], expected: list[float]
) -> None:
    np.testing.assert_allclose(answered([[0.0] * 10], [box])["box"], [expected])


def test_the_card_says_what_boxes_are_around() -> None:
    options = read_config(None).task.model_copy(update={"box": "patch"})
    assert facts(options) == {"box": "patch"}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("probabilities", [[0.25, 0.5] + [0.0] * 8] * 2, "probabilities that sum to [0.75, 0.75]"),
        ("probabilities", [[-0.5, 1.5] + [0.0] * 8] * 2, "a probability of -0.5"),
        ("probabilities", [[np.nan] * 10] * 2, "probabilities that sum to [nan, nan], not 1"),
        ("digit", [9, 1], "a digit that is not its most probable one"),
        ("box", [[0, 0, 1.5, 1], [0, 0, 1, 1]], "1.0]], which is not in [0, 1]"),
        ("box", [[np.nan] * 4, [0, 0, 1, 1]], "which is not in [0, 1]"),
    ],
)
def test_a_fault_ends_a_sentence(name: str, value: object, sentence: str) -> None:
    assert fault(good()) is None
    message = fault({**good(), name: np.array(value)})
    assert message
    assert sentence in message
