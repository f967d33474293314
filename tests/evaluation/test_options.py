"""The options: bars, margins and slices that make no sense are refused in a sentence."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from evaluation.options import EvaluationOptions, require_bars, require_slices
from vocabulary.task.options import TaskBase

OPTIONS = EvaluationOptions(
    bars={"accuracy": 0.95, "iou_at_75": 0.5}, margin=0.02, slices=["digit", "place x size"]
)


def with_options(**over: Any) -> EvaluationOptions:
    return EvaluationOptions.model_validate(OPTIONS.model_dump() | over)


@pytest.mark.parametrize(
    "change",
    [
        {"bars": {}},
        {"bars": {"accuracy": 1.1}},
        {"bars": {"accuracy": -0.1}},
        {"margin": -0.01},
        {"margin": 2.0},
        {"minimum": 0},
        {"slices": ["digit", "size", "digit"]},
        {"slice_bars": [{"slice": "digit", "value": "3", "bars": {}}]},
        {"slice_bars": [{"slice": "digit", "bars": {"accuracy": 0.9}}]},
        {"slice_bars": [{"slice": "digit", "value": "3", "bars": {"accuracy": 0.9}}] * 2},
        {"unjudged": "bless"},
        {"bar": {}},
    ],
)
def test_bars_margins_and_slices_that_make_no_sense_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        EvaluationOptions.model_validate(OPTIONS.model_dump() | change)
    assert caught.value.errors()[0]["loc"][0] == next(iter(change))


def test_a_bar_on_a_slice_that_is_not_looked_at_is_refused() -> None:
    barred = {"slice": "size", "value": "small", "bars": {"accuracy": 0.9}}
    with pytest.raises(ValidationError, match="names the slice size, which is not in slices"):
        EvaluationOptions.model_validate(OPTIONS.model_dump() | {"slice_bars": [barred]})


@pytest.mark.parametrize(
    ("slice_", "value", "sentence"),
    [
        ("size", "smal", "the slice size has no value smal; did you mean small?"),
        ("size", "7", "the slice size has no value 7; it has small, medium, large"),
        ("digit x size", "3 x smal", "has no value 3 x smal; did you mean 3 x small?"),
        ("digit", "10", "the slice digit has no value 10; did you mean 1?"),
        ("digit x size", "blue", "it has 0 x small, 0 x medium, 0 x large, ..., 9 x large"),
        ("rotation", "unknow", "the slice rotation has no value unknow; did you mean unknown?"),
    ],
)
def test_a_bar_on_a_value_that_a_slice_cannot_have_is_refused(
    slice_: str, value: str, sentence: str
) -> None:
    barred = {"slice": slice_, "value": value, "bars": {"accuracy": 0.9}}
    options = with_options(slices=[slice_], slice_bars=[barred])
    with pytest.raises(ValueError, match=re.escape(sentence)):
        require_slices(options, TaskBase(kind="localization"))


@pytest.mark.parametrize("name", ["shade", "size x digit", "scale"])
def test_a_slice_that_the_task_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"evaluation.slices names {name}, which is no slice; "):
        require_slices(with_options(slices=[name]), TaskBase(kind="localization"))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "acuracy",
            "evaluation.bars names acuracy, which is no metric of the task localization; did you "
            "mean accuracy?",
        ),
        ("dice", "choose from accuracy, mean_iou, pooled_iou, iou_at_50, iou_at_60, iou_at_75,"),
        ("edge_error", "evaluation.bars has a bar on edge_error, which is shown but cannot be"),
        ("coco_map", "has a bar on coco_map, which is shown but cannot be barred"),
    ],
)
def test_a_bar_that_the_task_does_not_have_is_refused(name: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"evaluation\.bars") as caught:
        require_bars(with_options(bars={"accuracy": 0.5, name: 0.9}), "localization")
    assert sentence in str(caught.value)


def test_a_bar_on_a_slice_is_refused_with_the_name_of_the_slice() -> None:
    barred = {"slice": "digit", "value": "3", "bars": {"mean_iuo": 0.9}}
    with pytest.raises(ValueError, match=r"slice_bars \(digit 3\) names mean_iuo.*mean mean_iou"):
        require_bars(with_options(slice_bars=[barred]), "localization")


def test_bars_that_the_task_has_are_accepted() -> None:
    bars = dict.fromkeys(("accuracy", "mean_iou", "pooled_iou", "iou_at_60", "joint_at_50"), 0.5)
    barred = {"slice": "digit", "value": "3", "bars": bars}
    require_bars(with_options(bars=bars, slice_bars=[barred]), "localization")
