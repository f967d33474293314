"""What a model says of pictures, beside what is true of them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.report.document import Box, Picture
from evaluation.eval_config import CANDIDATE
from evaluation.pictures import Pictures
from evaluation.pixels import read_pixels
from vocabulary import boxes

_EDGES = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True)
class Prediction:
    """A picture, what is true of it, and what a model says.

    Boxes are (xmin, ymin, xmax, ymax) in [0, 1]; `confidence` is the probability of the predicted
    digit.
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

    def as_picture(self) -> Picture:
        """Both boxes on the picture, and below it what was said."""
        truth = "" if self.right else f", is {self.digit}"
        label = f"{self.predicted_digit} ({self.confidence:.0%}){truth} · IoU {self.iou:.2f}"
        return Picture(self.png, label, self.box, self.predicted_box, wrong=not self.right)


def read_predictions(rows: Pictures, files: Sequence[str], *, at_most: int) -> list[Prediction]:
    """What was said of the first pictures in files, from the rows of an evaluation."""
    truth, predicted = rows.truth, rows.predictions[CANDIDATE]
    return [
        Prediction(
            png=png,
            digit=int(truth["digit"][row]),
            box=tuple(float(truth[edge][row]) for edge in _EDGES),
            predicted_digit=int(predicted["digit"][row]),
            confidence=float(predicted["confidence"][row]),
            predicted_box=tuple(float(predicted[edge][row]) for edge in _EDGES),
        )
        for row, png in itertools.islice(read_pixels(rows, files), at_most)
    ]


def ious(predictions: list[Prediction]) -> NDArray[np.float64]:
    """Of each, float64 [n] in [0, 1]."""
    return boxes.iou([p.box for p in predictions], [p.predicted_box for p in predictions])
