"""Contributions of pictures: one more for each share, side by side with the baseline's."""

import numpy as np
import pytest

from evaluation.sums import as_rows, contributions, in_both, paired, share
from vocabulary.task.judging import Metric, Ratio, Share

METRICS = (
    Metric("high", "high", Share(lambda measured: measured["score"] > 0.5)),
    Metric("score", "score", Ratio("score")),
)
SCORES = np.array([0.2, 0.6, 0.9])


def test_pictures_are_counted_first_and_shares_are_measures() -> None:
    of = contributions({"score": SCORES}, METRICS)
    assert list(of) == ["pictures", "score", share("high")]
    assert of["pictures"].tolist() == [1, 1, 1]
    assert of[share("high")].tolist() == [0, 1, 1]


def test_a_share_is_paired_with_the_baseline_s_picture_by_picture() -> None:
    model = contributions({"score": SCORES}, METRICS)
    baseline = contributions({"score": SCORES[::-1]}, METRICS)
    of = paired(model, baseline, METRICS)
    assert of[in_both("high")].tolist() == [0, 1, 0]
    assert in_both("score") not in of


def test_sums_are_read_by_name_whatever_their_width() -> None:
    bins = np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 4.0]])
    rows = as_rows(contributions({"score": SCORES, "bins": bins}, METRICS))
    assert rows.values.shape == (3, 5)
    total = rows.total()
    assert total["pictures"] == 3
    assert total["score"] == pytest.approx(1.7)
    assert total["bins"].tolist() == [1, 6]
    halves = rows.by_name(np.stack([rows.values, rows.values]))
    assert halves["bins"].shape == (2, 3, 2)
    assert halves["score"].shape == (2, 3)
