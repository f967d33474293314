"""Rows of pictures, whatever way they came together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.gathered import Gathered, bounded, gather


def rows(count: int) -> Gathered:
    numbers = np.arange(count)
    return Gathered(
        ids=np.array([f"eval/{n:06d}" for n in numbers], np.bytes_),
        groups=numbers % 7,
        truth={"n": numbers},
        predictions={"a": {"twice": 2 * numbers}, "b": {"twice": 3 * numbers}},
    )


def assert_same_rows(some: Gathered, others: Gathered) -> None:
    assert some.ids.tolist() == others.ids.tolist()
    numbers = [int(id_[5:]) for id_ in some.ids.tolist()]
    for of in (some, others):
        assert of.truth["n"].tolist() == numbers
        assert of.groups.tolist() == [n % 7 for n in numbers]
        assert of.predictions["b"]["twice"].tolist() == [3 * n for n in numbers]


@given(order=st.permutations(range(60)), cuts=st.lists(st.integers(0, 60), max_size=4).map(sorted))
def test_however_pictures_are_parted_the_same_are_kept_in_the_same_order(
    order: list[int], cuts: list[int]
) -> None:
    of = rows(60)
    parts = [
        of.take(np.array(order[start:stop], int))
        for start, stop in zip([0, *cuts], [*cuts, 60], strict=True)
    ]
    assert_same_rows(gather(parts), of)
    kept = gather([of], most=25)
    assert len(kept.ids) == 25
    assert_same_rows(gather([gather(parts[:2], most=25), *parts[2:]], most=25), kept)


@pytest.mark.parametrize("count", [59, 60, 200])
def test_no_more_than_twice_the_most_are_held(count: int) -> None:
    of, parts = rows(count), list[Gathered]()
    for start in range(0, count, 10):
        parts = bounded([*parts, of.take(np.arange(start, min(start + 10, count)))], most=30)
        assert sum(len(part.ids) for part in parts) <= 60
    assert_same_rows(gather(parts, most=30), gather([of], most=30))
