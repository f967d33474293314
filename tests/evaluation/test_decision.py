"""Decisions: bars, slices, and the champion by the interval of the difference."""

from pathlib import Path

import pytest

from evaluation.decision import decide
from evaluation.estimate import Estimate
from evaluation.eval_config import BASELINE, CANDIDATE
from evaluation.options import EvaluationOptions
from evaluation.results import Evaluation, SliceResult, read_evaluation
from evaluation.verdict import Check, Verdict
from tests.evaluation.parrot import evaluate_parrots, random_rows
from vocabulary.task.judging import metrics_of

NAN = float("nan")
METRICS = metrics_of("localization")


def options(**over: object) -> EvaluationOptions:
    plain = {"bars": {"accuracy": 0.9}, "margin": 0.01, "minimum": 50, "slices": ["size"]}
    return EvaluationOptions.model_validate(plain | over)


def part(
    value: float,
    *,
    champion: float | None = None,
    half: float | None = 0.005,
    key: tuple[tuple[str, str], ...] = (),
    count: int = 1000,
) -> SliceResult:
    """A slice on which every metric is the same; `half` is half the width of the interval."""
    metrics = {CANDIDATE: dict.fromkeys(METRICS, Estimate(value, value - 0.02, value + 0.02))}
    differences: dict[str, dict[str, Estimate]] = {CANDIDATE: {}}
    if champion is not None:
        metrics[BASELINE] = dict.fromkeys(METRICS, Estimate(champion))
        off = value - champion
        ends = (None, None) if half is None else (off - half, off + half)
        differences[CANDIDATE] = dict.fromkeys(METRICS, Estimate(off, *ends))
    return SliceResult(key=key, count=count, metrics=metrics, differences=differences)


def judge(*slices: SliceResult, champion: str | None = "version 7", **over: object) -> Verdict:
    models = [CANDIDATE, BASELINE]
    evaluation = Evaluation(models=models, baseline=BASELINE, slices=list(slices))
    return decide(evaluation, options(**over), task="localization", champion=champion)


def of_accuracy(verdict: Verdict, slice_: str = "whole") -> Check:
    return next(c for c in verdict.checks if (c.metric, c.slice) == ("accuracy", slice_))


def test_without_a_champion_the_bars_decide_and_it_is_said() -> None:
    verdict = judge(part(0.95), champion=None)
    assert verdict.blessed
    assert verdict.sentence == (
        "Blessed: the one bar is reached; there is no champion to compare with."
    )
    assert of_accuracy(verdict).reason == "reaches its bar"
    assert verdict.reasons == []


@pytest.mark.parametrize(("value", "outcome"), [(0.95, "Blessed: "), (0.85, "Not blessed: ")])
def test_what_serves_already_is_not_better_than_itself(value: float, outcome: str) -> None:
    evaluation = Evaluation(models=[CANDIDATE], baseline=None, slices=[part(value)])
    verdict = decide(evaluation, options(), task="localization", champion=None, same_as="version 7")
    assert verdict.sentence.startswith(outcome)
    assert verdict.sentence.endswith("; it is the same model as version 7, which serves.")
    assert (verdict.champion, verdict.same_as) == (None, "version 7")


def test_a_missed_bar_is_a_sentence() -> None:
    verdict = judge(part(0.87654), champion=None)
    assert not verdict.blessed
    assert verdict.reasons == ["accuracy is 0.8765, below the bar of 0.9"]
    assert verdict.sentence == (
        "Not blessed: accuracy is 0.8765, below the bar of 0.9; "
        "there is no champion to compare with."
    )


def test_a_value_that_is_no_number_does_not_reach_a_bar() -> None:
    verdict = judge(part(NAN), bars={"accuracy": 0.0}, champion=None)
    assert not verdict.blessed
    assert of_accuracy(verdict).value is None


def test_a_metric_without_a_bar_is_shown_and_does_not_judge() -> None:
    verdict = judge(part(0.95, champion=1.0, half=0.001), bars={"mean_iou": 0.9}, margin=0.1)
    check = of_accuracy(verdict)
    assert (check.passed, check.reason, check.bar) == (None, "no bar is set", None)
    assert verdict.blessed


@pytest.mark.parametrize(
    ("value", "half", "blessed", "reason"),
    [
        # The point is beyond the margin, the interval is not wholly: not shown to be worse.
        (0.93, 0.03, True, "1,000 pictures cannot rule out that it is lower by up to 0.0500"),
        (
            0.93, 0.005, False,
            "accuracy is lower than the champion's by 0.0200 (95% CI 0.0150 to 0.0250), more than "
            "the margin of 0.01",
        ),
        (
            0.935, 0.01, True,
            "lower than the champion's by 0.0150 (95% CI 0.0050 to 0.0250), not significantly more "
            "than the margin of 0.01",
        ),
        (
            0.945, 0.002, True,
            "by 0.0050 (95% CI 0.0030 to 0.0070), within the margin of 0.01",
        ),
        (0.948, 0.005, True, "reaches its bar; not significantly different from the champion's"),
        (0.96, 0.005, True, "higher than the champion's by 0.0100 (95% CI 0.0050 to 0.0150)"),
        (0.95, 0.0, True, "reaches its bar; not significantly different from the champion's"),
    ],
)  # fmt: skip
def test_the_interval_of_the_difference_decides(
    value: float, half: float, blessed: bool, reason: str
) -> None:
    verdict = judge(part(value, champion=0.95, half=half))
    assert verdict.blessed is blessed
    assert reason in of_accuracy(verdict).reason


def test_without_an_interval_the_point_decides() -> None:
    assert not judge(part(0.93, champion=0.95, half=None)).blessed
    assert judge(part(0.945, champion=0.95, half=None)).blessed


SMALL = {"slice": "size", "value": "small", "bars": {"accuracy": 0.9}}


def test_a_bar_on_a_slice_judges() -> None:
    verdict = judge(
        part(0.95), part(0.8, key=(("size", "small"),)), champion=None, slice_bars=[SMALL]
    )
    assert verdict.reasons == ["accuracy on size small is 0.8000, below the bar of 0.9"]
    assert of_accuracy(verdict).passed


@pytest.mark.parametrize("count", [0, 1, 49])
@pytest.mark.parametrize("unjudged", ["refuse", "pass"])
def test_a_barred_slice_of_too_few_pictures_does_not_pass_in_silence(
    count: int, unjudged: str
) -> None:
    small = [part(0.99, key=(("size", "small"),), count=count)] if count else []
    verdict = judge(part(0.95), *small, champion=None, slice_bars=[SMALL], unjudged=unjudged)
    check = of_accuracy(verdict, "size small")
    assert (check.count, check.value) == (count, 0.99 if count else None)
    assert check.reason == (
        f"accuracy on size small could not be judged: the slice has {count} of the 50 pictures "
        "that it needs"
    )
    if unjudged == "refuse":
        assert not verdict.blessed
        assert verdict.reasons == [check.reason]
        assert verdict.sentence.startswith(f"Not blessed: {check.reason}")
    else:
        assert verdict.blessed
        assert check.passed is None
        assert "the one bar is reached; 1 bar could not be judged; there is" in verdict.sentence


@pytest.mark.parametrize("value", [0.1, 0.99])
def test_a_slice_of_exactly_the_minimum_is_judged(value: float) -> None:
    small = part(value, key=(("size", "small"),), count=50)
    verdict = judge(part(0.95), small, champion=None, slice_bars=[SMALL])
    assert of_accuracy(verdict, "size small").passed is (value > 0.9)
    assert verdict.blessed is (value > 0.9)


@pytest.mark.parametrize("of", ["whole", "size small"])
def test_a_barred_metric_that_was_not_measured_does_not_pass(of: str) -> None:
    whole, small = part(0.95), part(0.95, key=(("size", "small"),))
    judged = whole if of == "whole" else small
    del judged.metrics[CANDIDATE]["accuracy"]
    verdict = judge(whole, small, champion=None, slice_bars=[SMALL])
    assert not verdict.blessed
    assert of_accuracy(verdict, of).passed is False
    assert "could not be measured, and its bar is 0.9" in verdict.sentence


@pytest.mark.parametrize("missing", ["no champion's slice", "no difference", "no number"])
def test_what_cannot_be_compared_with_the_champion_does_not_pass(missing: str) -> None:
    whole = part(0.95, champion=None if missing == "no champion's slice" else 0.9)
    if missing == "no difference":
        whole.differences[CANDIDATE].clear()
    if missing == "no number":
        whole.differences[CANDIDATE]["accuracy"] = Estimate(NAN)
    verdict = judge(whole)
    assert not verdict.blessed
    assert verdict.reasons == ["accuracy could not be compared with the champion's"]


def test_more_failures_are_counted_in_the_sentence() -> None:
    verdict = judge(part(0.5, champion=0.5), bars={"accuracy": 0.9, "mean_iou": 0.9})
    assert verdict.sentence.endswith(", and 1 more check failed.")
    assert len(verdict.reasons) == 2


def test_what_the_intervals_claim_is_in_the_verdict() -> None:
    whole = part(0.95, champion=0.94).model_copy(update={"sources": 258, "forms": 2})
    assert "1,000 pictures are of 258 glyphs from 2 forms alone" in judge(whole).claim


def test_every_metric_of_the_task_is_checked_under_its_title() -> None:
    checks = judge(part(0.95, champion=0.94)).checks
    assert {check.metric: check.title for check in checks} == {
        name: metric.title for name, metric in METRICS.items()
    }


@pytest.mark.slow
def test_through_tfma_a_worse_model_fails_and_its_equal_passes(tmp_path: Path) -> None:
    good = random_rows(0, 400)
    good[:, 6:10] = good[:, 1:5]
    worse = good.copy()
    worse[:, 6:10] += 0.02
    wanted = options(bars={"mean_iou": 0.1}, margin=0.01)
    predictions = {"worse": worse, "equal": good, BASELINE: good}
    evaluation = read_evaluation(evaluate_parrots(tmp_path, predictions, wanted, baseline=BASELINE))
    metrics, differences = evaluation.whole.metrics, evaluation.whole.differences
    for name, blessed in (("worse", False), ("equal", True)):
        metrics[CANDIDATE], differences[CANDIDATE] = metrics[name], differences[name]
        verdict = decide(evaluation, wanted, task="localization", champion="version 7")
        assert verdict.blessed is blessed
        for metric, difference in differences[name].items():
            values = [metrics[model][metric].value for model in (name, BASELINE)]
            assert difference.value == pytest.approx(values[0] - values[1], nan_ok=True), metric
            if metric == "empty_recall":  # no picture is without a digit
                continue
            assert difference.lower <= difference.value <= difference.upper
