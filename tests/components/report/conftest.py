"""Predictions to draw, and an evaluation to show."""

import math
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from components.report.document import Box
from components.report.predictions import Prediction
from evaluation.results import Estimate, SliceMetrics

TRUE = (0.2, 0.2, 0.6, 0.7)
PNG = cv2.imencode(".png", np.zeros((75, 75), np.uint8))[1].tobytes()
DEGENERATE = [
    (0.6, 0.7, 0.2, 0.2),
    (0.5, 0.5, 0.5, 0.5),
    (math.nan,) * 4,
    (-math.inf, 0.0, math.inf, 1.0),
    (-50.0, -50.0, 90.0, 90.0),
    (1e30, 1e30, 3e38, 3e38),
]
MakePrediction = Callable[..., Prediction]
MakeSlice = Callable[..., SliceMetrics]


@pytest.fixture
def make_prediction() -> MakePrediction:
    def build(
        box: Box = TRUE, *, said: int = 3, sure: float = 0.91, is_: int = 3, true: Box = TRUE
    ) -> Prediction:
        return Prediction(PNG, is_, true, said, sure, box)

    return build


@pytest.fixture
def make_slice() -> MakeSlice:
    def build(
        *key: tuple[str, str], count: int = 10, interval: bool = False, **metrics: float
    ) -> SliceMetrics:
        values = {"accuracy": 0.9, "mean_iou": 0.8} | metrics
        ends = {name: (v - 0.01, v + 0.01) if interval else () for name, v in values.items()}
        return SliceMetrics(key, count, {n: Estimate(v, *ends[n]) for n, v in values.items()})

    return build
