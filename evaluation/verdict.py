"""The verdict: whether a candidate may serve, and why, check by check.

A barred metric must reach its bar, and must not be worse than the champion's by surely more than
the margin: the whole 95% interval of the difference, measured on the same pictures, lies below it.
What could not be measured does not pass; a bar on a slice of too few pictures does not either,
unless the options say so (`unjudged: pass`).
"""

import math
from collections.abc import Iterator
from typing import Final

import tensorflow as tf
from pydantic import BaseModel, ConfigDict

from evaluation import coco
from evaluation.eval_config import BASELINE, CANDIDATE
from evaluation.options import EvaluationOptions
from evaluation.results import WHOLE, Estimate, Evaluation, SliceResult

JSON_FILE: Final = "verdict.json"
TEXT_FILE: Final = "verdict.md"
_UNMEASURED: Final = Estimate(math.nan)

TITLES: Final = {
    "accuracy": "accuracy",
    "mean_iou": "mean IoU",
    "pooled_iou": "pooled IoU",
    "iou_at_50": "boxes at IoU ≥ 0.5",
    "iou_at_60": "boxes at IoU ≥ 0.6",
    "iou_at_75": "boxes at IoU ≥ 0.75",
    "iou_at_90": "boxes at IoU ≥ 0.9",
    "joint_at_50": "digit right, IoU ≥ 0.5",
    "edge_error": "edge error, pixels",
    "calibration_error": "calibration error",
    coco.NAME: "COCO mAP@[.5:.95]",
}
"""How a metric is called in front of people."""

HEAD: Final = (
    "metric", "slice (pictures)", "value", "bar", "champion", "difference", "passed", "why",
)  # fmt: skip
"""The titles of `Verdict.rows`."""


class Check(BaseModel):
    """One metric on one slice.

    Attributes:
        metric: its name.
        slice: `whole`, or as `size small`.
        count: pictures in the slice.
        value: the candidate's; none where it could not be measured.
        bar: the lowest value that is blessed, if one is set.
        champion: the champion's value, if there is a champion.
        difference: candidate minus champion, with the ends of its 95% interval where it has one.
        passed: none where the check does not judge: no bar is set, or it could not be judged and
            the options let that pass.
        reason: why, in words.
    """

    model_config = ConfigDict(frozen=True)

    metric: str
    slice: str
    count: int
    value: float | None
    bar: float | None
    champion: float | None
    difference: float | None
    low: float | None
    high: float | None
    passed: bool | None
    reason: str


class Verdict(BaseModel):
    """Blessed or not, in one sentence, and the checks that led there.

    `champion` is what was compared with, `same_as` the version that serves where it is this model.
    `claim` says what the intervals of the whole claim, see `evaluation.clusters`.
    """

    model_config = ConfigDict(frozen=True)

    blessed: bool
    sentence: str
    champion: str | None
    same_as: str | None = None
    margin: float
    checks: list[Check]
    claim: str = ""

    @property
    def reasons(self) -> list[str]:
        """Why it is not blessed; empty for a blessed model."""
        return [check.reason for check in self.checks if check.passed is False]

    def rows(self) -> list[tuple[str, ...]]:
        """The checks as text, under `HEAD`."""
        return [
            (
                TITLES[check.metric],
                f"{check.slice} ({check.count:,})",
                number(check.value),
                "no bar" if check.bar is None else f"{check.bar:g}",
                number(check.champion),
                _interval(check),
                {True: "yes", False: "no", None: "does not judge"}[check.passed],
                check.reason,
            )
            for check in self.checks
        ]

    def as_markdown(self) -> str:
        """The sentence and a table."""
        lines = [f"| {' | '.join(row)} |" for row in (HEAD, ("---",) * len(HEAD), *self.rows())]
        claim = ["", self.claim] if self.claim else []
        return "\n".join([self.sentence, *claim, "", *lines])


def read_verdict(folder: str) -> Verdict:
    """Reads the verdict that lies beside an evaluation."""
    with tf.io.gfile.GFile(f"{folder}/{JSON_FILE}") as file:
        return Verdict.model_validate_json(file.read())


def decide(
    evaluation: Evaluation,
    options: EvaluationOptions,
    *,
    champion: str | None,
    same_as: str | None = None,
) -> Verdict:
    """Judges the candidate of an evaluation.

    Args:
        evaluation: of `CANDIDATE` and, where there is a champion, of `BASELINE`.
        options: bars, margin, and how many pictures a slice needs.
        champion: how the champion is called, none where there is none.
        same_as: how the version is called that serves already and is the candidate itself.
    """
    checks = list(_checks(evaluation, options, champion))
    failed = [check for check in checks if check.passed is False]
    return Verdict(
        blessed=not failed,
        sentence=_sentence(checks, failed, champion, same_as, options.margin),
        champion=champion,
        same_as=same_as,
        margin=options.margin,
        checks=checks,
        claim=evaluation.whole.claim,
    )


def _checks(
    evaluation: Evaluation, options: EvaluationOptions, champion: str | None
) -> Iterator[Check]:
    bars: dict[str, float] = {str(name): bar for name, bar in options.bars.items()}
    for metric in {**evaluation.whole.metrics[CANDIDATE], **bars}:
        yield _check(metric, evaluation.whole, bars.get(metric), options, champion)
    for barred in options.slice_bars:
        found = evaluation.find(barred.slice, barred.value)
        of = found or SliceResult(barred.slice, barred.value, 0, {CANDIDATE: {}}, {}, {})
        for metric, bar in barred.bars.items():
            yield _check(metric, of, bar, options, champion)


def _check(
    metric: str,
    of: SliceResult,
    bar: float | None,
    options: EvaluationOptions,
    champion: str | None,
) -> Check:
    mine = of.metrics[CANDIDATE].get(metric, _UNMEASURED)
    theirs = of.metrics.get(BASELINE, {}).get(metric)
    difference = of.differences.get(CANDIDATE, {}).get(metric)
    passed, reason = _judge(metric, of, mine, difference, bar, options, champion)
    return Check(
        metric=metric,
        slice=of.title,
        count=of.count,
        value=_finite(mine.value),
        bar=bar,
        champion=_finite(theirs.value) if theirs else None,
        difference=_finite(difference.value) if difference else None,
        low=difference.lower if difference else None,
        high=difference.upper if difference else None,
        passed=passed,
        reason=reason,
    )


def _judge(
    metric: str,
    of: SliceResult,
    mine: Estimate,
    difference: Estimate | None,
    bar: float | None,
    options: EvaluationOptions,
    champion: str | None,
) -> tuple[bool | None, str]:
    """Whether a check is passed, and why. A bar is passed only by what was measured."""
    name = metric if of.slice == WHOLE else f"{metric} on {of.title}"
    if bar is None:
        return None, "no bar is set"
    if of.slice != WHOLE and of.count < options.minimum:
        refused = {"refuse": False, "pass": None}[options.unjudged]
        return refused, (
            f"{name} could not be judged: the slice has {of.count:,} of the {options.minimum:,} "
            "pictures that it needs"
        )
    if not math.isfinite(mine.value):
        return False, f"{name} could not be measured, and its bar is {bar:g}"
    if mine.value < bar:
        return False, f"{name} is {mine.value:.4f}, below the bar of {bar:g}"
    if champion is None:
        return True, "reaches its bar; there is nothing to compare with"
    if difference is None or not math.isfinite(difference.value):
        return False, f"{name} could not be compared with the champion's"
    if _surely_below(difference, -options.margin):
        return False, (
            f"{name} is {-difference.value:.4f} below the champion's{_at_least(difference)}, "
            f"more than the margin of {options.margin:g}"
        )
    return True, f"reaches its bar{_beside_champion(difference, of.count, options.margin)}"


def _beside_champion(difference: Estimate, count: int, margin: float) -> str:
    """How a model that is not surely worse by more than the margin stands to the champion."""
    low, high = difference.lower, difference.upper
    if low is None or high is None or (-margin <= low <= 0 <= high):
        return " and is not worse than the champion's"
    if low > 0:
        return " and is better than the champion's"
    if high >= 0:
        return (
            f"; may be up to {-low:.4f} below the champion's, which {count:,} pictures cannot tell "
            "from chance"
        )
    if low >= -margin:
        return f"; is below the champion's by less than the margin of {margin:g}"
    return (
        f"; is below the champion's by {-high:.4f} to {-low:.4f}, not surely by more than the "
        f"margin of {margin:g}"
    )


def _surely_below(difference: Estimate, bound: float) -> bool:
    # Fewer than two groups of pictures give no interval; then there is but the point.
    return (difference.value if difference.upper is None else difference.upper) < bound


def _at_least(difference: Estimate) -> str:
    return "" if difference.upper is None else f" (surely {-difference.upper:.4f})"


def _sentence(
    checks: list[Check],
    failed: list[Check],
    champion: str | None,
    same_as: str | None,
    margin: float,
) -> str:
    alone = "; there is no champion to compare with" if champion is None else ""
    if same_as:
        alone = f"; it is the same model as {same_as}, which serves"
    if failed:
        more = len(failed) - 1
        also = f", and {more} more {'check' if more == 1 else 'checks'} failed" if more else ""
        return f"Not blessed: {failed[0].reason}{also}{alone}."
    judged = sum(check.passed is True for check in checks)
    bars = {1: "the one bar is reached", 2: "both bars are reached"}.get(
        judged, f"all {judged} bars are reached"
    )
    silent = sum(check.bar is not None and check.passed is None for check in checks)
    unjudged = (
        f"; {silent} {'bar' if silent == 1 else 'bars'} could not be judged" if silent else ""
    )
    if champion is None:
        return f"Blessed: {bars}{unjudged}{alone}."
    return (
        f"Blessed: {bars}, and none of them is worse than {champion}'s by surely over {margin:g}"
        f"{unjudged}."
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def number(value: float | None) -> str:
    """Four decimals; a word where there is none."""
    return "none" if value is None else f"{value:.4f}"


def ends(low: float | None, high: float | None, form: str) -> str:
    """An interval for a terminal of 80 columns: ` [-.0203, +.0005]`; empty where there is none."""
    if low is None or high is None:
        return ""
    shown = (
        f"{end:{form}}".replace("0.", ".", 1) if abs(end) < 1 else f"{end:{form}}"
        for end in (low, high)
    )
    return f" [{', '.join(shown)}]"


def _interval(check: Check) -> str:
    if check.difference is None:
        return "none"
    ends = (
        "" if check.low is None or check.high is None else f" [{check.low:+.4f}, {check.high:+.4f}]"
    )
    return f"{check.difference:+.4f}{ends}"
