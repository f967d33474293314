"""Standard errors: against what statistics knows of means, ratios and pairs."""

import math

import numpy as np
import pytest

from evaluation.jackknife import GROUPS, estimate, groups_of


def grouped(*columns: np.ndarray) -> np.ndarray:
    """Sums by group, [GROUPS, 1 + k], the count first."""
    count = len(columns[0])
    groups = groups_of([str(i).encode() for i in range(count)])
    vectors = np.column_stack([np.ones(count), *columns])
    return np.stack([vectors[groups == g].sum(axis=0) for g in range(GROUPS)])


def mean(sums: np.ndarray) -> np.ndarray:
    return sums[..., 1] / sums[..., 0]


def test_the_error_of_a_mean_is_near_the_textbook_s_on_average() -> None:
    errors = []
    for seed in range(40):
        values = np.random.default_rng(seed).normal(3.0, 2.0, 1000)
        value, error = estimate(mean, grouped(values))
        assert value == pytest.approx(values.mean())
        assert error is not None
        errors.append(error.deviation)
    assert np.mean(errors) == pytest.approx(2.0 / math.sqrt(1000), rel=0.1)


def test_groups_of_one_size_give_the_plain_delete_a_group_jackknife() -> None:
    sums = np.column_stack([np.full(GROUPS, 10.0), np.random.default_rng(0).random(GROUPS)])
    without = np.array([mean(np.delete(sums, g, axis=0).sum(axis=0)) for g in range(GROUPS)])
    variance = (GROUPS - 1) / GROUPS * np.sum((without - without.mean()) ** 2)
    _, error = estimate(mean, sums)
    assert error == pytest.approx((math.sqrt(variance), GROUPS - 1))


def test_a_difference_on_the_same_pictures_is_known_better_than_its_parts() -> None:
    random = np.random.default_rng(1)
    first = random.normal(0, 1, 2000)
    second = first + random.normal(0.02, 0.05, 2000)
    sums = grouped(first, second)
    _, difference = estimate(lambda s: (s[..., 2] - s[..., 1]) / s[..., 0], sums)
    _, alone = estimate(mean, sums)
    assert difference is not None
    assert alone is not None
    assert difference.deviation < alone.deviation / 5
    assert difference.deviation == pytest.approx(0.05 / math.sqrt(2000), rel=0.5)


def test_empty_groups_are_left_out() -> None:
    sums = grouped(np.random.default_rng(0).random(500))
    sums[5:] = 0.0
    with np.errstate(invalid="ignore"):
        _, error = estimate(mean, sums)
    assert error is not None
    assert error.freedom == 4


@pytest.mark.parametrize("held", [0, 1])
def test_too_few_groups_have_no_error(held: int) -> None:
    sums = np.zeros((GROUPS, 2))
    sums[:held] = [1.0, 0.5]
    with np.errstate(invalid="ignore"):
        assert estimate(mean, sums)[1] is None


def test_a_picture_is_in_the_same_group_in_every_run() -> None:
    assert groups_of([b"eval/0", b"eval/1", b"eval/2"]).tolist() == [2, 8, 14]
