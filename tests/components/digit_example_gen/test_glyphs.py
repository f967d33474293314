"""The division of glyphs between splits."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.digit_example_gen.glyphs import HELD_OUT_SHARE, Glyphs, divide
from vocabulary.errors import UserError

NAMES = st.lists(
    st.sampled_from(["eval", "test", "val", "holdout", "a", "z"]), unique=True, max_size=4
).map(lambda others: ["train", *others])
GROUPS = st.lists(st.integers(0, 40), min_size=200, max_size=200).filter(
    lambda groups: len(set(groups)) >= 10
)


def pool(groups: list[int]) -> Glyphs:
    count = len(groups)
    return Glyphs(
        pictures=np.arange(count, dtype=np.uint8)[:, None, None].repeat(28, 1).repeat(28, 2),
        labels=np.arange(count) % 10,
        groups=np.array(groups),
        names=np.array([f"glyph/{index}" for index in range(count)]),
        forms=np.array([f"form/{group}" for group in groups]),
    )


@given(GROUPS, NAMES)
def test_every_glyph_is_in_one_split_and_no_group_is_in_two(
    groups: list[int], splits: list[str]
) -> None:
    division = divide(pool(groups), splits=splits)
    names = [name for part in division.values() for name in part.names.tolist()]
    assert sorted(names) == sorted(f"glyph/{index}" for index in range(len(groups)))
    for one, other in itertools.combinations(division.values(), 2):
        assert not set(one.groups.tolist()) & set(other.groups.tolist())


@given(GROUPS, NAMES)
def test_a_glyph_keeps_its_picture_label_and_group(groups: list[int], splits: list[str]) -> None:
    for part in divide(pool(groups), splits=splits).values():
        for row, name in enumerate(part.names.tolist()):
            index = int(name.removeprefix("glyph/"))
            assert part.labels[row] == index % 10
            assert part.groups[row] == groups[index]
            assert (part.pictures[row] == index).all()


@given(GROUPS, NAMES)
def test_each_other_split_holds_out_its_share_of_the_groups(
    groups: list[int], splits: list[str]
) -> None:
    share = max(1, round(HELD_OUT_SHARE * len(set(groups))))
    for name, part in divide(pool(groups), splits=splits).items():
        if name != "train":
            assert len(set(part.groups.tolist())) == share


@given(GROUPS, NAMES.flatmap(lambda names: st.tuples(st.just(names), st.permutations(names))))
def test_the_order_of_the_names_does_not_matter(
    groups: list[int], orders: tuple[list[str], list[str]]
) -> None:
    first, second = (divide(pool(groups), splits=order) for order in orders)
    assert list(first) == orders[0]
    assert list(second) == orders[1]
    for name, part in first.items():
        assert part.names.tolist() == second[name].names.tolist()


@given(GROUPS, NAMES)
def test_further_splits_take_from_train_and_leave_eval_alone(
    groups: list[int], splits: list[str]
) -> None:
    few = divide(pool(groups), splits=["train", "eval"])
    many = divide(pool(groups), splits=list(dict.fromkeys([*splits, "eval"])))
    assert many["eval"].names.tolist() == few["eval"].names.tolist()
    assert set(many["train"].names.tolist()) <= set(few["train"].names.tolist())


def test_what_is_held_out_is_spread_over_the_source() -> None:
    division = divide(pool(list(range(100))), splits=["train", "eval", "test"])
    for name in ("eval", "test"):
        thirds = np.digitize(division[name].groups, [33.3, 66.6])
        assert np.bincount(thirds, minlength=3).tolist() == [5, 5, 5]


def test_train_alone_gets_everything() -> None:
    assert len(divide(pool(list(range(20))), splits=["train"])["train"]) == 20


def test_more_splits_than_there_is_handwriting_for_are_refused() -> None:
    splits = ["train", "eval", *"abcdef"]
    sentence = r"8 splits need more .*: 14 groups of glyphs, 2 for each .*; name fewer splits"
    with pytest.raises(UserError, match=sentence):
        divide(pool(list(range(14))), splits=splits)


def test_train_is_never_left_empty() -> None:
    assert len(divide(pool([0, 1, 2]), splits=["train", "a", "b"])["train"]) == 1
    with pytest.raises(UserError, match="name fewer splits"):
        divide(pool([0, 1]), splits=["train", "a", "b"])
