"""The verdict as TFMA reads it: as blessed as ours, with each failure by metric and slice."""

from collections.abc import Callable
from pathlib import Path

import pytest
import tensorflow_model_analysis as tfma
from google.protobuf import json_format

from evaluation.decision import decide
from evaluation.estimate import Estimate
from evaluation.options import EvaluationOptions, SliceBars
from evaluation.results import Evaluation, SliceKey, SliceResult
from evaluation.validation import write_validation
from evaluation.verdict import Verdict

Validate = Callable[[Verdict], tfma.ValidationResult]

OPTIONS = EvaluationOptions(
    bars={"accuracy": 0.9},
    slice_bars=[
        SliceBars(slice="size", value="small", bars={"accuracy": 0.8}),
        SliceBars(slice="size", value="large", bars={"accuracy": 0.8}),
    ],
    margin=0.01,
    slices=["size"],
)


def measured(key: SliceKey, value: float, *, count: int, off: float = 0.0) -> SliceResult:
    return SliceResult(
        key=key,
        count=count,
        metrics={name: {"accuracy": Estimate(value)} for name in ("candidate", "baseline")},
        differences={"candidate": {"accuracy": Estimate(off, off - 0.01, off + 0.01)}},
    )


def judged(*slices: SliceResult, options: EvaluationOptions = OPTIONS) -> Verdict:
    models = ["candidate", "baseline"]
    evaluation = Evaluation(models=models, baseline="baseline", slices=list(slices))
    return decide(evaluation, options, task="localization", champion="version 7")


@pytest.fixture
def validated(tmp_path: Path) -> Validate:
    def write(verdict: Verdict) -> tfma.ValidationResult:
        write_validation(verdict, str(tmp_path))
        return tfma.load_validation_result(str(tmp_path))

    return write


SMALL, LARGE = (("size", "small"),), (("size", "large"),)
GOOD = (
    measured((), 0.95, count=200),
    measured(SMALL, 0.85, count=100),
    measured(LARGE, 0.85, count=100),
)


def test_a_blessed_model_is_valid_in_tfma(validated: Validate) -> None:
    verdict = judged(*GOOD)
    result = validated(verdict)
    assert verdict.blessed
    assert result.validation_ok
    assert not result.missing_thresholds
    assert not result.metric_validations_per_slice
    details = json_format.MessageToDict(result.validation_details)["slicingDetails"]
    assert details == [
        {"slicingSpec": {}, "numMatchingSlices": 1},
        {"slicingSpec": {"featureValues": {"size": "small"}}, "numMatchingSlices": 1},
        {"slicingSpec": {"featureValues": {"size": "large"}}, "numMatchingSlices": 1},
    ]


def test_a_bar_that_is_not_reached_fails_on_its_slice(validated: Validate) -> None:
    verdict = judged(GOOD[0], measured(SMALL, 0.5, count=100), GOOD[2])
    result = validated(verdict)
    assert not result.validation_ok
    (of_slice,) = result.metric_validations_per_slice
    assert json_format.MessageToDict(of_slice) == {
        "sliceKey": {"singleSliceKeys": [{"column": "size", "bytesValue": "c21hbGw="}]},
        "failures": [
            {
                "metricKey": {"name": "accuracy", "modelName": "candidate"},
                "metricThreshold": {"valueThreshold": {"lowerBound": 0.8}},
                "metricValue": {"doubleValue": 0.5},
                "message": "accuracy on size small is 0.5000, below the bar of 0.8",
            }
        ],
    }


def test_a_model_that_is_worse_than_the_champion_fails_by_its_change(validated: Validate) -> None:
    result = validated(judged(measured((), 0.95, count=200, off=-0.04), *GOOD[1:]))
    assert not result.validation_ok
    (of_slice,) = result.metric_validations_per_slice
    (failure,) = of_slice.failures
    assert failure.metric_key.is_diff
    assert failure.metric_threshold.change_threshold.absolute.value == -0.01
    assert failure.metric_value.double_value.value == pytest.approx(-0.04)


def test_what_could_not_be_compared_with_the_champion_fails_by_its_change(
    validated: Validate,
) -> None:
    alone = GOOD[0].model_copy(update={"differences": {}})
    result = validated(judged(alone, *GOOD[1:]))
    assert not result.validation_ok
    (of_slice,) = result.metric_validations_per_slice
    (failure,) = of_slice.failures
    assert failure.metric_key.is_diff
    assert not failure.HasField("metric_value")
    assert failure.message == "accuracy could not be compared with the champion's"


def test_a_slice_without_pictures_is_missing_and_one_of_too_few_fails(validated: Validate) -> None:
    few = measured(LARGE, 0.95, count=3, off=-0.005)
    result = validated(judged(GOOD[0], few))
    assert not result.validation_ok
    assert [dict(spec.feature_values) for spec in result.missing_slices] == [{"size": "small"}]
    by_bar = [failure for one in result.metric_validations_per_slice for failure in one.failures]
    assert len(by_bar) == 2
    assert not any(failure.metric_key.is_diff for failure in by_bar)
    assert not by_bar[0].HasField("metric_value")  # there was nothing to measure


def test_a_slice_of_too_few_fails_by_its_bar_though_it_is_worse_than_the_champion(
    validated: Validate,
) -> None:
    few = measured(LARGE, 0.95, count=3, off=-0.2)
    (of_slice,) = validated(judged(*GOOD[:2], few)).metric_validations_per_slice
    (failure,) = of_slice.failures
    assert not failure.metric_key.is_diff
    assert failure.metric_threshold.value_threshold.lower_bound.value == 0.8


def test_what_could_not_be_judged_and_may_pass_is_valid(validated: Validate) -> None:
    lenient = OPTIONS.model_copy(update={"unjudged": "pass"})
    verdict = judged(GOOD[0], measured(SMALL, 0.5, count=3), GOOD[2], options=lenient)
    assert verdict.blessed
    assert validated(verdict).validation_ok
