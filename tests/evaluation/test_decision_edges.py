"""Decisions exactly on its bounds. All numbers are sums of powers of 2, so nothing is rounded."""

import pytest

from evaluation.decision import decide
from evaluation.estimate import Estimate
from evaluation.eval_config import BASELINE, CANDIDATE
from evaluation.options import EvaluationOptions
from evaluation.results import Evaluation, SliceResult
from evaluation.verdict import Check

MARGIN = 0.0625


def judge(value: float, *, low: float, high: float) -> tuple[bool, Check]:
    """A model with a bar of 0.5 whose difference to the champion has these ends."""
    difference = Estimate((low + high) / 2, low, high)
    metrics = {
        CANDIDATE: {"accuracy": Estimate(value)},
        BASELINE: {"accuracy": Estimate(value - difference.value)},
    }
    differences = {CANDIDATE: {"accuracy": difference}}
    whole = SliceResult(key=(), count=1000, metrics=metrics, differences=differences)
    options = EvaluationOptions.model_validate(
        {"bars": {"accuracy": 0.5}, "margin": MARGIN, "minimum": 50, "slices": []}
    )
    models = [CANDIDATE, BASELINE]
    evaluation = Evaluation(models=models, baseline=BASELINE, slices=[whole])
    verdict = decide(evaluation, options, task="localization", champion="version 7")
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
        (-MARGIN, 0.25, "; not significantly different from the champion's"),
        (-MARGIN, 0.0, "; not significantly different from the champion's"),
        (0.0, 0.25, "; not significantly different from the champion's"),
        (2**-20, 0.25, "; higher than the champion's by"),
        (-MARGIN - 2**-20, 0.0, "cannot rule out that it is lower by up to 0.0625"),
        (-MARGIN, -(2**-20), "within the margin of 0.0625"),
        (-MARGIN - 2**-20, -(2**-20), "not significantly more than the margin"),
    ],
)
def test_words_on_the_bounds_of_the_interval(low: float, high: float, words: str) -> None:
    blessed, check = judge(0.75, low=low, high=high)
    assert blessed
    assert words in check.reason
