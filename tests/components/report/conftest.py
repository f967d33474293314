"""The metrics of a slice, to show."""

from collections.abc import Callable

import pytest

from evaluation.estimate import Estimate
from evaluation.eval_config import CANDIDATE
from evaluation.results import SliceResult

MakeSlice = Callable[..., SliceResult]


@pytest.fixture
def make_slice() -> MakeSlice:
    def build(
        *key: tuple[str, str], count: int = 10, interval: bool = False, **metrics: float
    ) -> SliceResult:
        values = {"accuracy": 0.9, "mean_iou": 0.8} | metrics
        ends = {name: (v - 0.01, v + 0.01) if interval else () for name, v in values.items()}
        estimates = {name: Estimate(v, *ends[name]) for name, v in values.items()}
        return SliceResult(key=key, count=count, metrics={CANDIDATE: estimates}, differences={})

    return build
