"""Whether the model is as sure as it is right.

ECE: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from components.report.document import Figure
from components.report.figures.canvas import BLUE, FAINT, Canvas
from components.report.predictions import Prediction

CONFIDENCE_BINS = 15


class Reliability(NamedTuple):
    """By bin of confidence, float64 [15] each; the means are NaN where a bin is empty."""

    counts: NDArray[np.float64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]

    @property
    def error(self) -> float:
        """Expected calibration error, in [0, 1]."""
        gaps = np.nan_to_num(np.abs(self.confidence - self.accuracy))
        return float((gaps * self.counts).sum() / self.counts.sum())

    @property
    def excess(self) -> float:
        """Mean confidence minus accuracy: above 0 where the model is too sure."""
        gaps = np.nan_to_num(self.confidence - self.accuracy)
        return float((gaps * self.counts).sum() / self.counts.sum())


def measure(predictions: list[Prediction]) -> Reliability:
    """Sorts predictions into the bins of the metric, equal in width."""
    confidence = np.array([p.confidence for p in predictions])
    right = np.array([p.right for p in predictions], np.float64)
    bins = np.clip((confidence * CONFIDENCE_BINS).astype(int), 0, CONFIDENCE_BINS - 1)
    counts = np.bincount(bins, minlength=CONFIDENCE_BINS).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return Reliability(
            counts,
            np.bincount(bins, confidence, CONFIDENCE_BINS) / counts,
            np.bincount(bins, right, CONFIDENCE_BINS) / counts,
        )


def draw(predictions: list[Prediction]) -> Figure:
    """Accuracy against confidence above, how many pictures each bin holds below."""
    measured = measure(predictions)
    with Canvas("calibration", 4.3, 4.1) as canvas:
        upper, lower = canvas.axes(2, 1, height_ratios=[3, 1], sharex=True)
        upper.plot([0, 1], [0, 1], color=FAINT, linestyle="--", linewidth=1.2)
        known = measured.counts > 0
        upper.plot(
            measured.confidence[known], measured.accuracy[known], color=BLUE, marker="o",
        )  # fmt: skip
        upper.set(ylabel="share of digits right", ylim=(0, 1.05))
        places = (np.arange(CONFIDENCE_BINS) + 0.5) / CONFIDENCE_BINS
        lower.bar(places, measured.counts, width=0.9 / CONFIDENCE_BINS, color=BLUE)
        lower.set(xlabel="confidence in the digit", ylabel="pictures", xlim=(0, 1.02))
        return canvas.finish(
            f"On the dashed line the model would be right as often as it is sure. The expected "
            f"calibration error is {measured.error:.3f}: {_conclude(measured)}"
        )


def _conclude(measured: Reliability) -> str:
    if measured.error < 0.01:
        return "its confidence can be taken at its word."
    if abs(measured.excess) < measured.error / 2:
        return "it is too sure at some confidences, and not sure enough at others."
    side = "more" if measured.excess > 0 else "less"
    return f"on the whole it is {side} sure than right, by {abs(measured.excess):.1%}."
