"""Decides whether a candidate may serve.

A barred metric must reach its bar, and must not be significantly worse than the champion's by more
than the margin: the whole 95% interval of the difference, measured on the same pictures, lies below
it. What could not be measured does not pass; a bar on a slice of too few pictures does not either,
unless the options say so (`unjudged: pass`).
"""

import math
from collections.abc import Iterator
from typing import Final

from evaluation import wording
from evaluation.estimate import Estimate
from evaluation.eval_config import BASELINE, CANDIDATE
from evaluation.options import EvaluationOptions
from evaluation.results import Evaluation, SliceResult
from evaluation.slice_names import CROSS
from evaluation.verdict import Check, Verdict
from vocabulary.task.judging import metrics_of

_UNMEASURED: Final = Estimate(math.nan)


def decide(
    evaluation: Evaluation,
    options: EvaluationOptions,
    *,
    task: str,
    champion: str | None,
    same_as: str | None = None,
) -> Verdict:
    """Judges the candidate of an evaluation.

    Args:
        evaluation: of `CANDIDATE` and, where there is a champion, of `BASELINE`.
        options: bars, margin, and how many pictures a slice needs.
        task: its name.
        champion: how the champion is called, none where there is none.
        same_as: how the version is called that serves already and is the candidate itself.
    """
    titles = {name: metric.title for name, metric in metrics_of(task).items()}
    checks = [
        _check(metric, titles[metric], of, bar, options, champion)
        for metric, of, bar in _questions(evaluation, options)
    ]
    reasons = [check.reason for check in checks if check.passed is False]
    alone = "" if champion else "; there is no champion to compare with"
    if same_as:
        alone = f"; it is the same model as {same_as}, which serves"
    sentence = (
        wording.refused_sentence(reasons)
        if reasons
        else wording.blessed_sentence(
            reached=sum(check.passed is True for check in checks),
            unjudged=sum(check.bar is not None and check.passed is None for check in checks),
            champion=champion,
            margin=options.margin,
        )
    )
    return Verdict(
        blessed=not reasons,
        sentence=f"{sentence}{alone}.",
        champion=champion,
        same_as=same_as,
        margin=options.margin,
        checks=checks,
        claim=evaluation.whole.claim,
    )


def _questions(
    evaluation: Evaluation, options: EvaluationOptions
) -> Iterator[tuple[str, SliceResult, float | None]]:
    """The metric, the slice and the bar of each check."""
    for metric in {**evaluation.whole.metrics[CANDIDATE], **options.bars}:
        yield metric, evaluation.whole, options.bars.get(metric)
    for barred in options.slice_bars:
        of = evaluation.find(barred.slice, barred.value)
        if of is None:  # no picture fell into it
            key = tuple(zip(barred.slice.split(CROSS), barred.value.split(CROSS), strict=True))
            of = SliceResult(key=key, count=0, metrics={CANDIDATE: {}}, differences={})
        for metric, bar in barred.bars.items():
            yield metric, of, bar


def _check(
    metric: str,
    title: str,
    of: SliceResult,
    bar: float | None,
    options: EvaluationOptions,
    champion: str | None,
) -> Check:
    mine = of.metrics[CANDIDATE].get(metric, _UNMEASURED)
    theirs = of.metrics.get(BASELINE, {}).get(metric)
    difference = of.differences.get(CANDIDATE, {}).get(metric)
    passed, reason = None, "no bar is set"
    if bar is not None:
        passed, reason = _judge(metric, of, mine, bar, options)
    of_change = bool(passed and champion)
    if of_change:
        passed, reason = _compare(metric, of, difference, options.margin)
    return Check(
        metric=metric,
        title=title,
        slice=of.slice,
        key=of.key,
        count=of.count,
        value=_finite(mine.value),
        bar=bar,
        champion=_finite(theirs.value) if theirs else None,
        difference=_finite(difference.value) if difference else None,
        low=difference.lower if difference else None,
        high=difference.upper if difference else None,
        passed=passed,
        reason=reason,
        of_change=of_change,
    )


def _judge(
    metric: str, of: SliceResult, mine: Estimate, bar: float, options: EvaluationOptions
) -> tuple[bool | None, str]:
    """Whether a bar is reached, and why. It is reached only by what was measured."""
    name = _named(metric, of)
    if of.key and of.count < options.minimum:
        refused = {"refuse": False, "pass": None}[options.unjudged]
        return refused, (
            f"{name} could not be judged: the slice has {of.count:,} of the {options.minimum:,} "
            "pictures that it needs"
        )
    if not math.isfinite(mine.value):
        return False, f"{name} could not be measured, and its bar is {bar:g}"
    if mine.value < bar:
        return False, f"{name} is {mine.value:.4f}, below the bar of {bar:g}"
    return True, "reaches its bar"


def _compare(
    metric: str, of: SliceResult, difference: Estimate | None, margin: float
) -> tuple[bool, str]:
    """Whether a metric that reaches its bar is as good as the champion's, and why."""
    name = _named(metric, of)
    if difference is None or not math.isfinite(difference.value):
        return False, f"{name} could not be compared with the champion's"
    # Fewer than two groups of pictures give no interval; then there is but the point.
    highest = difference.value if difference.upper is None else difference.upper
    if highest < -margin:
        return False, (
            f"{name} is lower than the champion's by {wording.apart(difference)}, more than the "
            f"margin of {margin:g}"
        )
    beside = wording.beside_champion(difference, count=of.count, margin=margin)
    return True, f"reaches its bar; {beside}"


def _named(metric: str, of: SliceResult) -> str:
    return f"{metric} on {of.slice}" if of.key else metric


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
