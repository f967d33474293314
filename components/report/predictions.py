"""What a model says of pictures, beside what is true of them."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from components.report.document import Box, Picture
from vocabulary import boxes, features

_BATCH = 256


@dataclass(frozen=True)
class Prediction:
    """A picture, what is true of it, and what a model says.

    Boxes are (xmin, ymin, xmax, ymax) in [0, 1]; `probabilities` has one for each digit.
    """

    png: bytes
    digit: int
    box: Box
    probabilities: tuple[float, ...]
    predicted_box: Box

    @property
    def predicted_digit(self) -> int:
        """The most probable."""
        return int(np.argmax(self.probabilities))

    @property
    def confidence(self) -> float:
        """The probability of the predicted digit."""
        return self.probabilities[self.predicted_digit]

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


def predict(model: str, pattern: str, *, at_most: int) -> list[Prediction]:
    """What an exported model says of the first pictures under a pattern of gzipped TFRecords."""
    files = tf.data.Dataset.list_files(pattern, shuffle=False)
    records = tf.data.TFRecordDataset(files, compression_type="GZIP").take(at_most)
    answer = tf.saved_model.load(model).signatures["serving_examples"]
    predictions = []
    for serialized in records.batch(_BATCH):
        answers = answer(serialized)
        rows = (serialized, answers["probabilities"], answers["box"])
        predictions += [_prediction(*row) for row in zip(*(r.numpy() for r in rows), strict=True)]
    return predictions


def _prediction(
    serialized: bytes, probabilities: NDArray[np.float32], box: NDArray[np.float32]
) -> Prediction:
    known = tf.train.Example.FromString(serialized).features.feature
    return Prediction(
        png=known[features.IMAGE].bytes_list.value[0],
        digit=known[features.LABEL].int64_list.value[0],
        box=tuple(known[key].float_list.value[0] for key in features.BOX),
        probabilities=tuple(probabilities.tolist()),
        predicted_box=tuple(box.tolist()),
    )


def ious(predictions: list[Prediction]) -> NDArray[np.float64]:
    """Of each, float64 [n] in [0, 1]."""
    return boxes.iou([p.box for p in predictions], [p.predicted_box for p in predictions])
