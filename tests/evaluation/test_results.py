"""Results as they are read back, and as JSON."""

import json

import pytest

from evaluation.estimate import Estimate
from evaluation.results import SliceKey, SliceResult


def result(key: SliceKey) -> SliceResult:
    values = {"model": {"accuracy": Estimate(0.5, 0.25)}}
    return SliceResult(key=key, count=3, metrics=values, differences={}, sources=2, forms=1)


@pytest.mark.parametrize(
    ("key", "name", "value", "slice_"),
    [
        ((), "whole", "", "whole"),
        ((("size", "small"),), "size", "small", "size small"),
        (
            (("digit", "3"), ("size", "small")),
            "digit x size", "3 x small", "digit x size 3 x small",
        ),
    ],
)  # fmt: skip
def test_a_slice_is_named_by_its_key(key: SliceKey, name: str, value: str, slice_: str) -> None:
    of = result(key)
    assert (of.name, of.value, of.slice) == (name, value, slice_)


def test_json_has_the_slice_the_count_and_the_values() -> None:
    assert json.loads(result((("size", "small"),)).model_dump_json()) == {
        "slice": "size small",
        "count": 3,
        "metrics": {"model": {"accuracy": {"value": 0.5, "lower": 0.25, "upper": None}}},
        "differences": {},
    }
