"""Intervals: textbook values, never empty or out of range, and as often right as they say."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from evaluation import intervals
from evaluation.clusters import Clusters
from evaluation.intervals import Ends, Error, Sample
from evaluation.jackknife import GROUPS, estimate, groups_of

DRAWS = 300
LOWEST = 0.91
"""Coverage that 300 draws of a true 95% fall short of once in a thousand times."""


def independent(pictures: int) -> Sample:
    return Sample(pictures, pictures)


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(20, 20, 0.8316, 1.0), (0, 20, 0.0, 0.1684), (19, 20, 0.7513, 0.9987), (1, 1, 0.025, 1.0)],
)
def test_a_share_of_independent_pictures_has_clopper_and_pearson_s_interval(
    right: int, of: int, low: float, high: float
) -> None:
    ends = intervals.of_share(right / of, independent(of), Error(0.05, GROUPS - 1))
    assert ends == pytest.approx((low, high), abs=1e-4)
    exact = stats.binomtest(right, of).proportion_ci(method="exact")
    assert ends == pytest.approx((exact.low, exact.high))


def test_all_right_is_known_no_better_than_there_are_clusters() -> None:
    by_glyph = intervals.of_share(1.0, Sample(2000, 258), Error(0.0, GROUPS - 1))
    assert by_glyph == pytest.approx(intervals.of_share(1.0, independent(258), None))
    assert by_glyph[0] < intervals.of_share(1.0, independent(2000), None)[0] < 1


def test_a_difference_of_shares_has_bonett_and_price_s_interval() -> None:
    # Of 100 pictures 15 differ one way and 5 the other; one more is counted either way.
    ends = intervals.of_paired_shares(15, 5, independent(100), None)
    first, other = 16 / 102, 6 / 102
    half = 1.95996 * np.sqrt((first + other - (first - other) ** 2) / 102)
    assert ends == pytest.approx((first - other - half, first - other + half), abs=1e-5)


def test_a_smooth_mean_of_many_pictures_has_nearly_student_s_interval() -> None:
    low, high = intervals.of_mean(0.944, independent(2000), Error(0.0006, 19))
    half = stats.t.ppf(0.975, 19) * 0.0006
    assert (low, high) == pytest.approx((0.944 - half, 0.944 + half), abs=half / 20)


def test_the_unit_of_a_metric_changes_nothing_but_the_unit() -> None:
    of = Sample(2000, 258)
    for read, value, deviation in (
        (intervals.of_mean, 0.02, 0.0006),
        (intervals.of_difference, 0.001, 0.0006),
        (intervals.of_difference, 0.0, 0.0),
    ):
        ends = read(value, of, Error(deviation, 19))
        pixels = read(75 * value, of, Error(75 * deviation, 19), most=75)
        assert pixels == pytest.approx([75 * end for end in ends])


@given(
    pictures=st.integers(1, 5000),
    share=st.floats(0, 1),
    alike=st.floats(0, 1),
    deviation=st.one_of(st.just(0.0), st.floats(1e-9, 0.5)),
    freedom=st.integers(0, GROUPS - 1),
    most=st.floats(1e-3, 2000),
)
def test_no_interval_is_empty_or_leaves_the_range_of_its_metric(
    pictures: int, share: float, alike: float, deviation: float, freedom: int, most: float
) -> None:
    of = Sample(pictures, max(1.0, alike * pictures))
    error = Error(deviation, freedom) if freedom else None
    right = round(share * pictures)
    low, high = intervals.of_share(right / pictures, of, error)
    assert 0 <= low <= right / pictures <= high <= 1
    assert low < high
    low, high = intervals.of_mean(share * most, of, error, most=most)
    assert 0 <= low <= share * most <= high <= most * (1 + 1e-12)
    assert low < high
    only_other = round((pictures - right) * alike)
    value = (right - only_other) / pictures
    low, high = intervals.of_paired_shares(right, only_other, of, error)
    assert -1 <= low <= value <= high <= 1
    assert low < high
    difference = (2 * share - 1) * most
    low, high = intervals.of_difference(difference, of, error, most=most)
    assert -most <= low <= difference <= high <= most


class Draw(NamedTuple):
    """Pictures of one draw: whether each counts for two models, its IoU, and its glyph."""

    first: NDArray[np.float64]
    other: NDArray[np.float64]
    iou: NDArray[np.float64]
    glyphs: NDArray[np.int64]

    @property
    def sample(self) -> Sample:
        clusters = Clusters()
        clusters.pictures.update(str(glyph).encode() for glyph in self.glyphs.tolist())
        return clusters.sample

    def error(self, column: NDArray[np.float64]) -> Error | None:
        """Of the mean of a column."""
        groups = groups_of(str(glyph).encode() for glyph in self.glyphs.tolist())
        sums = np.zeros((GROUPS, 2))
        np.add.at(sums, groups, np.column_stack([np.ones(len(column)), column]))
        with np.errstate(invalid="ignore", divide="ignore"):
            return estimate(lambda s: s[..., 1] / s[..., 0], sums)[1]


def draws(count: int, accuracy: float, *, of_a_glyph: int) -> Iterator[Draw]:
    """Glyphs differ in how hard they are (an intra-class correlation of 1/4 where accuracy < 1)."""
    for seed in range(DRAWS):
        random = np.random.default_rng([seed, count, of_a_glyph])
        glyphs = np.arange(count) // of_a_glyph
        chance = np.full(count, accuracy)
        if of_a_glyph > 1 and accuracy < 1:
            chance = random.beta(3 * accuracy, 3 * (1 - accuracy), glyphs[-1] + 1)[glyphs]
        first, again = (random.random(count) < chance for _ in range(2))
        other = np.where(random.random(count) < 0.5, first, again)
        hard = random.beta(20, 2, glyphs[-1] + 1)[glyphs]
        iou = hard * random.beta(30, 1.5, count)
        yield Draw(first.astype(float), other.astype(float), iou, glyphs)


def share(draw: Draw) -> Ends:
    return intervals.of_share(draw.first.mean(), draw.sample, draw.error(draw.first))


def paired(draw: Draw) -> Ends:
    only_first, only_other = (
        float(np.sum(a * (1 - b))) for a, b in ((draw.first, draw.other), (draw.other, draw.first))
    )
    error = draw.error(draw.first - draw.other)
    return intervals.of_paired_shares(only_first, only_other, draw.sample, error)


def mean(draw: Draw) -> Ends:
    return intervals.of_mean(draw.iou.mean(), draw.sample, draw.error(draw.iou))


@pytest.mark.parametrize("of_a_glyph", [1, 8])
@pytest.mark.parametrize("count", [20, 200, 2000])
@pytest.mark.parametrize("accuracy", [0.9, 0.99, 1.0])
def test_intervals_hold_the_truth_as_often_as_they_say(
    count: int, accuracy: float, of_a_glyph: int
) -> None:
    drawn = list(draws(count, accuracy, of_a_glyph=of_a_glyph))
    truths = {share: accuracy, paired: 0.0}
    if accuracy == 0.9 and count // of_a_glyph >= 20:
        truths[mean] = 20 / 22 * 30 / 31.5
    for read, truth in truths.items():
        ends = [read(draw) for draw in drawn]
        held = np.mean([low <= truth <= high for low, high in ends])
        assert held >= LOWEST, read
        assert all(low < high for low, high in ends)


def test_intervals_are_no_wider_than_they_need_be() -> None:
    widths = [np.ptp(share(draw)) for draw in draws(2000, 0.9, of_a_glyph=1)]
    assert np.mean(widths) == pytest.approx(2 * 1.96 * np.sqrt(0.09 / 2000), rel=0.1)
    clustered = [np.ptp(share(draw)) for draw in draws(2000, 0.9, of_a_glyph=8)]
    expected = 2 * 1.96 * np.sqrt((1 + 7 / 4) * 0.09 / 2000)
    assert np.mean(clustered) == pytest.approx(expected, rel=0.15)
