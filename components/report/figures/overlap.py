"""How well boxes fit: the distribution of IoU, and the share of answers right at each threshold."""

import numpy as np

from components.report.document import Figure
from components.report.figures.canvas import BLUE, INK, ORANGE, Canvas
from components.report.predictions import Prediction, ious


def draw_distribution(predictions: list[Prediction]) -> Figure:
    """A histogram of IoU over where the values are, with the median marked."""
    values = ious(predictions)
    median, low = np.percentile(values, [50, 5])
    start = np.floor(values.min() * 20) / 20
    with Canvas("iou-distribution") as canvas:
        (axes,) = canvas.axes()
        axes.hist(values, bins=np.linspace(min(start, 0.95), 1, 31).tolist(), color=BLUE)
        axes.axvline(median, color=INK, linestyle="--", linewidth=1.2)
        axes.annotate(
            f"median {median:.3f}", (median, 1), xycoords=("data", "axes fraction"),
            xytext=(-4, -10), textcoords="offset points", ha="right",
        )  # fmt: skip
        axes.set(xlabel="IoU of true and predicted box", ylabel="pictures")
        return canvas.finish(
            f"Half of the boxes overlap by {median:.3f} or more, 95% by {low:.3f} or more; the "
            f"worst by {values.min():.3f}."
        )


def draw_curve(predictions: list[Prediction]) -> Figure:
    """Shares of boxes, and of digit and box together, against the IoU asked for."""
    values = ious(predictions)
    right = np.array([p.right for p in predictions])
    thresholds = np.linspace(0, 1, 101)
    boxes = np.array([(values >= t).mean() for t in thresholds])
    both = np.array([((values >= t) & right).mean() for t in thresholds])
    with Canvas("iou-curve") as canvas:
        (axes,) = canvas.axes()
        axes.plot(thresholds, boxes, color=BLUE, label="box fits")
        axes.plot(thresholds, both, color=ORANGE, linestyle="--", label="box fits, digit right")
        axes.set(xlabel="IoU asked for", ylabel="share of pictures", ylim=(0, 1.04), xlim=(0, 1))
        canvas.figure.legend(loc="outside upper right", ncols=2)
        strict = thresholds[boxes >= 0.95].max()  # every box reaches 0
        ends = f"Up to an IoU of {strict:.2f}, 95% of the boxes fit" if strict else (
            "At no IoU do 95% of the boxes fit"
        )  # fmt: skip
        return canvas.finish(
            f"{ends}; at 0.5, {boxes[50]:.1%} fit and {both[50]:.1%} have the right digit as well."
        )
