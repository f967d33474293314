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


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ([], ""),
        ([0, 9, 0, 9, 0], ""),
        ([1] * 6, "it has 6 digits, and the longest number has 5"),
    ],
)
def test_numbers_that_are_too_long_or_none_are_of_no_use(labels: list[int], why: str) -> None:
    assert why_unusable(example(labels)) == why


@pytest.mark.parametrize("rows", [[[1, 2, 3], [], [4]], [[], []], [[1, 2, 3, 4, 5], [0]]])
def test_targets_are_filled_up_with_blanks(rows: list[list[int]]) -> None:
    labels = tf.ragged.constant(rows, tf.int64).to_sparse()
    targets = build_targets(
        {features.LABEL: labels}, tf.zeros([len(rows), 4]), {}, canvas=(28, 140)
    )
    assert targets["length"].numpy().tolist() == [len(row) for row in rows]
    assert targets["digits"].numpy().tolist() == [row + [-1] * (5 - len(row)) for row in rows]


def test_slices_are_of_the_length_and_of_the_mean_height(known: Callable[..., Any]) -> None:
    values = cut(known(["12345", "", "7", "89"], heights=[0.3, 0.5, 0.5, 0.7]), TEN)
    assert values["length"].tolist() == ["5", "0", "1", "2"]
    assert values["size"].tolist() == ["small", "", "medium", "large"]
    assert np.array_equal(cut(known([""]), TEN)["size"], [""])
