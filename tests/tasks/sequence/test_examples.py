"""Which examples are of use, what becomes of them, and the slices that they fall into."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tasks.sequence.examples import why_unusable
from tasks.sequence.slices import cut
from tasks.sequence.targets import build_targets
from vocabulary import features
from vocabulary.classes import TEN


def example(labels: list[int]) -> tf.train.Example:
    feature = tf.train.Feature(int64_list=tf.train.Int64List(value=labels))
    return tf.train.Example(features=tf.train.Features(feature={features.LABEL: feature}))


@pytest.mark.parametrize("labels", [[], [0, 9, 0, 9, 0], [1] * 8])
def test_numbers_of_any_length_are_of_use(labels: list[int]) -> None:
    assert not why_unusable(example(labels))


@pytest.mark.parametrize("rows", [[[1, 2, 3], [], [4]], [[], []], [[1, 2, 3, 4, 5], [0]]])
def test_targets_are_filled_up_with_blanks(rows: list[list[int]]) -> None:
    labels = tf.ragged.constant(rows, tf.int64).to_sparse()
    targets = build_targets(
        {features.LABEL: labels}, tf.zeros([len(rows), 4]), {}, canvas=(28, 140)
    )
    assert targets["length"].numpy().tolist() == [len(row) for row in rows]
    assert targets["digits"].numpy().tolist() == [row + [-1] * (5 - len(row)) for row in rows]


def test_of_a_number_that_is_too_long_the_first_digits_are_learnt_and_that_there_are_more() -> None:
    labels = tf.ragged.constant([[1, 2, 3, 4, 5, 6, 7, 8], [9]], tf.int64).to_sparse()
    targets = build_targets({features.LABEL: labels}, tf.zeros([2, 4]), {}, canvas=(28, 140))
    assert targets["length"].numpy().tolist() == [6, 1]
    assert targets["digits"].numpy().tolist() == [[1, 2, 3, 4, 5], [9, -1, -1, -1, -1]]


def test_slices_are_of_the_length_and_of_the_mean_height(known: Callable[..., Any]) -> None:
    numbers = ["12345", "", "7", "89", "1234567"]
    values = cut(known(numbers, heights=[0.3, 0.5, 0.5, 0.7, 0.3]), TEN)
    assert values["length"].tolist() == ["5", "0", "1", "2", "more"]
    assert values["size"].tolist() == ["small", "", "medium", "large", "small"]
    assert np.array_equal(cut(known([""]), TEN)["size"], [""])
