"""The metrics of a slice, to show."""

from collections.abc import Callable

import pytest

from evaluation.results import Estimate, SliceMetrics

MakeSlice = Callable[..., SliceMetrics]


@pytest.fixture
def make_slice() -> MakeSlice:
    def build(
        *key: tuple[str, str], count: int = 10, interval: bool = False, **metrics: float
    ) -> SliceMetrics:
        values = {"accuracy": 0.9, "mean_iou": 0.8} | metrics
        ends = {name: (v - 0.01, v + 0.01) if interval else () for name, v in values.items()}
        return SliceMetrics(key, count, {n: Estimate(v, *ends[n]) for n, v in values.items()})

    return build
