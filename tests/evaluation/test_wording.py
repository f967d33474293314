"""Sentences and numbers of a verdict."""

import pytest

from evaluation.estimate import Estimate
from evaluation.wording import SIGNED, apart, blessed_sentence, ranged, refused_sentence


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (Estimate(0.02, 0.01, 0.03), "0.0200 (95% CI 0.0100 to 0.0300)"),
        (Estimate(-0.02, -0.03, -0.01), "0.0200 (95% CI 0.0100 to 0.0300)"),
        (Estimate(-0.02, -0.05, 0.01), "0.0200 (95% CI -0.0100 to 0.0500)"),
        (Estimate(-0.02), "0.0200"),
    ],
)
def test_how_far_apart_is_the_same_whichever_is_higher(difference: Estimate, words: str) -> None:
    assert apart(difference) == words


@pytest.mark.parametrize(
    ("reached", "unjudged", "champion", "sentence"),
    [
        (1, 0, None, "Blessed: the one bar is reached"),
        (2, 1, None, "Blessed: both bars are reached; 1 bar could not be judged"),
        (
            3, 2, "version 7",
            "Blessed: all 3 bars are reached, and no barred metric is significantly lower than "
            "version 7's by more than the margin of 0.01; 2 bars could not be judged",
        ),
    ],
)  # fmt: skip
def test_a_blessing_counts_bars(
    reached: int, unjudged: int, champion: str | None, sentence: str
) -> None:
    blessed = blessed_sentence(reached=reached, unjudged=unjudged, champion=champion, margin=0.01)
    assert blessed == sentence


def test_a_refusal_gives_the_first_reason_and_counts_the_others() -> None:
    assert refused_sentence(["a is low"]) == "Not blessed: a is low"
    assert refused_sentence(["a", "b"]) == "Not blessed: a, and 1 more check failed"
    assert refused_sentence(["a", "b", "c"]) == "Not blessed: a, and 2 more checks failed"


@pytest.mark.parametrize(
    ("value", "form", "whole", "short"),
    [
        (Estimate(0.1, -0.5, 1), SIGNED, "+0.1000 [-0.5000, +1.0000]", "+0.1000 [-.5000, +1.0000]"),
        (Estimate(3.0, 0.25, 10.25), ".4f", "3.0000 [0.2500, 10.2500]", "3.0000 [.2500, 10.2500]"),
        (Estimate(0.01), SIGNED, "+0.0100", "+0.0100"),
        (None, ".4f", "none", "none"),
    ],
)  # fmt: skip
def test_intervals_are_short_where_there_is_little_room(
    value: Estimate | None, form: str, whole: str, short: str
) -> None:
    assert ranged(value, form) == whole
    assert ranged(value, form, short=True) == short
