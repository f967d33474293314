"""How well boxes fit: the distribution of IoU, and the share of boxes that reach each IoU."""

import numpy as np

from components.report.figure import BLUE, INK, ORANGE, Drawing
from tasks.localization.evaluated import EvaluatedPictures
from vocabulary.document import Figure


def draw_distribution(predictions: EvaluatedPictures) -> Figure:
    """A histogram over the range of the values, with the median marked."""
    ious = predictions.ious
    median, low = np.percentile(ious, [50, 5])
    start = np.floor(ious.min() * 20) / 20
    with Drawing("iou-distribution") as drawing:
        (axes,) = drawing.axes()
        axes.hist(ious, bins=np.linspace(min(start, 0.95), 1, 31).tolist(), color=BLUE)
        axes.axvline(median, color=INK, linestyle="--", linewidth=1.2)
        axes.annotate(
            f"median {median:.3f}", (median, 1), xycoords=("data", "axes fraction"),
            xytext=(-4, -10), textcoords="offset points", ha="right",
        )  # fmt: skip
        axes.set(xlabel="IoU of true and predicted box", ylabel="pictures")
        return drawing.finish(
            f"Half of the boxes have an IoU of {median:.3f} or more, 95% have {low:.3f} or more; "
            f"the lowest is {ious.min():.3f}."
        )


def draw_curve(predictions: EvaluatedPictures) -> Figure:
    """Shares of boxes, and of boxes with the right digit, that reach each IoU."""
    thresholds = np.linspace(0, 1, 101)
    reached = predictions.ious[:, np.newaxis] >= thresholds
    boxes = reached.mean(axis=0)
    both = (reached & predictions.right[:, np.newaxis]).mean(axis=0)
    with Drawing("iou-curve") as drawing:
        (axes,) = drawing.axes()
        axes.plot(thresholds, boxes, color=BLUE, label="box")
        axes.plot(thresholds, both, color=ORANGE, linestyle="--", label="box and right digit")
        axes.set(
            xlabel="IoU that counts as a hit", ylabel="share of pictures",
            ylim=(0, 1.04), xlim=(0, 1),
        )  # fmt: skip
        drawing.figure.legend(loc="outside upper right", ncols=2)
        strictest = thresholds[boxes >= 0.95].max()  # every box reaches 0
        reach = (
            f"95% of the boxes reach an IoU of {strictest:.2f}"
            if strictest
            else "Fewer than 95% of the boxes reach any IoU above 0"
        )
        return drawing.finish(
            f"{reach}; {boxes[50]:.1%} reach 0.5, and {both[50]:.1%} do with the right digit."
        )
