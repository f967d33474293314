"""A picture of predictions: typical ones and the worst, true and predicted boxes on each."""

import io
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from vocabulary import boxes

Box = tuple[float, ...]

TRUE_COLOUR, PREDICTED_COLOUR = "#2ca25f", "#fc8d59"
_COLUMNS, _TYPICAL_ROWS, _WORST_ROWS = 8, 3, 2


@dataclass(frozen=True)
class Prediction:
    """A picture, what is true of it, and what a model says.

    Boxes are (xmin, ymin, xmax, ymax) in [0, 1]; `confidence` is the probability of the digit.
    """

    png: bytes
    digit: int
    box: Box
    predicted_digit: int
    confidence: float
    predicted_box: Box

    @property
    def iou(self) -> float:
        """Of the two boxes."""
        return float(boxes.iou(self.box, self.predicted_box))

    @property
    def right(self) -> bool:
        """Whether the digit is."""
        return self.digit == self.predicted_digit


def draw_predictions(predictions: list[Prediction]) -> bytes:
    """Draws the first predictions and below them the worst, as PNG."""
    typical = predictions[: _COLUMNS * _TYPICAL_ROWS]
    worst = sorted(predictions, key=lambda p: (p.right, p.iou))[: _COLUMNS * _WORST_ROWS]
    rows = _TYPICAL_ROWS + _WORST_ROWS
    figure = Figure(figsize=(1.5 * _COLUMNS, 1.75 * rows + 1.1), layout="constrained")
    ratios = [_TYPICAL_ROWS, _WORST_ROWS]
    upper, lower = figure.subfigures(2, 1, height_ratios=ratios, squeeze=False).ravel()
    right = np.mean([p.right for p in predictions])
    _draw_grid(upper, typical, f"As they come: {right:.1%} of {len(predictions)} digits are right")
    _draw_grid(lower, worst, "The worst: wrong digits first, then the least overlap")
    figure.suptitle("Boxes: true in green, predicted in dashed orange", fontweight="bold")
    png = io.BytesIO()
    with matplotlib.rc_context({"savefig.dpi": 110}):
        figure.savefig(png, format="png")
    return png.getvalue()


def _draw_grid(figure: Figure, predictions: list[Prediction], title: str) -> None:
    figure.suptitle(title, fontsize="medium")
    rows = -(-len(predictions) // _COLUMNS)
    cells = figure.subplots(max(rows, 1), _COLUMNS, squeeze=False).ravel()
    for cell in cells:
        cell.set_axis_off()
    for cell, prediction in zip(cells, predictions, strict=False):
        _draw_prediction(cell, prediction)


def _draw_prediction(axes: Axes, prediction: Prediction) -> None:
    picture = Image.open(io.BytesIO(prediction.png))
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
    _draw_box(axes, prediction.box, picture.size, TRUE_COLOUR, "-")
    _draw_box(axes, prediction.predicted_box, picture.size, PREDICTED_COLOUR, "--")
    said = f"{prediction.predicted_digit} ({prediction.confidence:.0%})"
    truth = "" if prediction.right else f", is {prediction.digit}"
    axes.set_title(
        f"{said}{truth}\nIoU {prediction.iou:.2f}",
        fontsize="small",
        color="black" if prediction.right else "#b30000",
    )


def _draw_box(axes: Axes, box: Box, size: tuple[int, int], colour: str, style: str) -> None:
    if not np.isfinite(box).all():
        return
    xmin, ymin, xmax, ymax = np.array(box) * [*size, *size] - 0.5
    axes.add_patch(
        Rectangle(
            (xmin, ymin),
            xmax - xmin,
            ymax - ymin,
            fill=False,
            edgecolor=colour,
            linestyle=style,
            linewidth=1.6,
        )
    )
