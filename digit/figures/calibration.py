"""Whether the model's confidence equals the share of digits that it gets right.

ECE: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from components.report.figure import BLUE, FAINT, Drawing
from digit.evaluated import EvaluatedDigits
from digit.measures import CONFIDENCE_BINS
from evaluation.intervals import Sample, of_share
from vocabulary.document import Figure


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
        """Mean confidence minus accuracy: above 0 for an overconfident model."""
        gaps = np.nan_to_num(self.confidence - self.accuracy)
        return float((gaps * self.counts).sum() / self.counts.sum())

    def intervals(self) -> NDArray[np.float64]:
        """Both ends of the 95% interval of each accuracy, [15, 2]; NaN where a bin is empty."""
        return np.array(
            [
                of_share(accuracy, Sample(count, count), None) if count else (np.nan, np.nan)
                for accuracy, count in zip(self.accuracy, self.counts, strict=True)
            ]
        )


def measure(predictions: EvaluatedDigits) -> Reliability:
    """Sorts predictions into the bins of the metric, equal in width.

    scikit-learn's `calibration_curve` is of two classes, and does not tell how full a bin is.
    """
    confidence = predictions.confidences
    bins = np.clip((confidence * CONFIDENCE_BINS).astype(int), 0, CONFIDENCE_BINS - 1)
    counts = np.bincount(bins, minlength=CONFIDENCE_BINS).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return Reliability(
            counts,
            np.bincount(bins, confidence, CONFIDENCE_BINS) / counts,
            np.bincount(bins, predictions.right, CONFIDENCE_BINS) / counts,
        )


def draw(predictions: EvaluatedDigits, *, name: str = "calibration") -> Figure:
    """Accuracy against confidence above, the number of pictures in each bin below."""
    reliability = measure(predictions)
    with Drawing(name, 4.3, 4.1) as drawing:
        upper, lower = drawing.axes(2, 1, height_ratios=[3, 1], sharex=True)
        upper.plot([0, 1], [0, 1], color=FAINT, linestyle="--", linewidth=1.2)
        filled = reliability.counts > 0
        points = reliability.confidence[filled], reliability.accuracy[filled]
        for x, (low, high) in zip(points[0], reliability.intervals()[filled], strict=True):
            upper.plot([x, x], [low, high], color=BLUE, alpha=0.45, linewidth=2.4)
        upper.plot(*points, color=BLUE, marker="o", markersize=5, linewidth=1)
        upper.set(ylabel="share of right digits", ylim=(0, 1.05))
        places = (np.arange(CONFIDENCE_BINS) + 0.5) / CONFIDENCE_BINS
        lower.bar(places, reliability.counts, width=0.9 / CONFIDENCE_BINS, color=BLUE)
        lower.set(xlabel="confidence in the digit", ylabel="pictures", xlim=(0, 1.02))
        return drawing.finish(
            "Reliability: on the dashed line, the confidence equals the share of right digits; "
            "bars are 95% confidence intervals (Clopper and Pearson) of as many independent "
            f"pictures. The expected calibration error is {reliability.error:.3f}: "
            f"{_conclude(reliability)}"
        )


def _conclude(reliability: Reliability) -> str:
    if reliability.error < 0.01:
        return "the confidence can be read as a probability."
    if abs(reliability.excess) < reliability.error / 2:
        return "the model is overconfident at some confidences and underconfident at others."
    side = "over" if reliability.excess > 0 else "under"
    return f"on average the model is {side}confident by {abs(reliability.excess):.1%}."
