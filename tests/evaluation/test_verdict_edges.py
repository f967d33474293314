"""The verdict exactly on its bounds. All numbers are sums of powers of 2, so nothing is rounded."""

import pytest

from evaluation.eval_config import BASELINE, CANDIDATE
from evaluation.options import EvaluationOptions
from evaluation.results import Estimate, Evaluation, SliceResult
from evaluation.verdict import Check, decide

MARGIN = 0.0625


def judge(value: float, *, low: float, high: float) -> tuple[bool, Check]:
    """A model with a bar of 0.5 whose difference to the champion has these ends."""
    difference = Estimate((low + high) / 2, low, high)
    metrics = {
        CANDIDATE: {"accuracy": Estimate(value)},
        BASELINE: {"accuracy": Estimate(value - difference.value)},
    }
    whole = SliceResult("whole", "", 1000, metrics, {CANDIDATE: {"accuracy": difference}}, {})
    options = EvaluationOptions.model_validate(
        {"bars": {"accuracy": 0.5}, "margin": MARGIN, "minimum": 50, "slices": []}
    )
    evaluation = Evaluation([CANDIDATE, BASELINE], BASELINE, [whole])
    verdict = decide(evaluation, options, champion="version 7")
    return verdict.blessed, next(c for c in verdict.checks if c.metric == "accuracy")


def test_a_value_of_just_the_bar_reaches_it() -> None:
    assert judge(0.5, low=0.0, high=0.25)[0]
    assert not judge(0.5 - 2**-20, low=0.0, high=0.25)[0]


def test_a_loss_of_surely_just_the_margin_is_not_more_than_the_margin() -> None:
    assert judge(0.75, low=-0.25, high=-MARGIN)[0]
    assert not judge(0.75, low=-0.25, high=-MARGIN - 2**-20)[0]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-MARGIN, 0.25, "is not worse than the champion's"),
        (-MARGIN, 0.0, "is not worse than the champion's"),
        (0.0, 0.25, "is not worse than the champion's"),
        (2**-20, 0.25, "is better than the champion's"),
        (-MARGIN - 2**-20, 0.0, "cannot tell from chance"),
        (-MARGIN, -(2**-20), "below the champion's by less than the margin"),
        (-MARGIN - 2**-20, -(2**-20), "not surely by more than the margin"),
    ],
)
def test_words_on_the_bounds_of_the_interval(low: float, high: float, words: str) -> None:
    blessed, check = judge(0.75, low=low, high=high)
    assert blessed
    assert words in check.reason
