"""COCO's mean average precision, mAP@[.5:.95], through TFMA's own metric.

As a metric of TFMA's pipeline it would cost more than all else: a hundred computations (ten digits,
ten thresholds) for each picture and slice. So it runs once, on the whole, over the rows of
`evaluation.pictures`; many pictures are laid side by side on one long canvas, where boxes of
different pictures cannot meet.
"""

import itertools
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import tensorflow_model_analysis as tfma
from numpy.typing import NDArray
from tensorflow_model_analysis.metrics import metric_types

from evaluation.pictures import Pictures, Said

NAME: Final = "coco_map"
_BESIDE = 50
"""Pictures side by side; more makes one pass cheaper and its matrix of overlaps larger."""
_APART = 4.0
"""From one picture to the next, in sides of a picture; boxes end within [0, 1]."""
_LEVELS = 64
"""Confidences told apart, by rank among the answers of the same digit."""


def mean_average_precision(pictures: Pictures, model: str) -> float:
    """COCO's mAP@[.5:.95] of a model's answers; NaN where there are no pictures.

    Each picture has one true box and one answer. A degenerate box matches none.
    """
    if not len(pictures.digits):
        return float("nan")
    said = pictures.said[model]
    answers = np.column_stack([_degenerate_as_points(said.boxes), said.digits, _ranks(said)])
    truths = np.column_stack([pictures.boxes, pictures.digits])
    return float(np.mean([_of_digit(d, truths, answers) for d in np.unique(pictures.digits)]))


def _of_digit(digit: int, truths: NDArray[np.float64], answers: NDArray[np.float64]) -> float:
    """The mean over thresholds for one digit, from the pictures of it and those taken for it."""
    metric = tfma.metrics.COCOMeanAveragePrecision(
        class_ids=[int(digit)], num_thresholds=_LEVELS + 1, max_num_detections=_BESIDE, name=NAME
    )
    about = (truths[:, 4] == digit) | (answers[:, 4] == digit)
    strips = list(_strips(truths[about], answers[about]))
    *computations, last = metric.computations()
    values: dict[metric_types.MetricKey, Any] = {}
    for computation in [*computations, last]:
        if isinstance(computation, metric_types.DerivedMetricComputation):
            with warnings.catch_warnings():  # of precision where nothing was found
                warnings.simplefilter("ignore", RuntimeWarning)
                values |= computation.result(values)
        else:
            values |= _combine(computation, strips)
    return float(values[last.keys[-1]])


def _combine(
    computation: metric_types.MetricComputation, strips: list[dict[str, Any]]
) -> dict[metric_types.MetricKey, Any]:
    combiner = computation.combiner
    # The metric has no way to ask its parts to heed weights.
    combiner._example_weighted = True
    found: Counter[tuple[float, float]] = Counter()
    for strip in strips:
        elements = [strip]
        for preprocessor in computation.preprocessors:
            elements = list(itertools.chain.from_iterable(map(preprocessor.process, elements)))
        found.update(_same(element) for element in elements)
    merged = (_weighted(*same, times) for same, times in found.items())
    return combiner.extract_output(combiner.add_inputs(combiner.create_accumulator(), merged))


def _same(element: metric_types.StandardMetricInputs) -> tuple[float, float]:
    """What the combiner sees of a box: whether it is true, and its confidence."""
    return float(element.label[0]), float(element.prediction[0])


def _weighted(label: float, confidence: float, times: int) -> metric_types.StandardMetricInputs:
    """Boxes that are alike, as one: the combiner's cost is by the element."""
    return metric_types.StandardMetricInputs(
        {
            tfma.LABELS_KEY: np.array([label]),
            tfma.PREDICTIONS_KEY: np.array([confidence]),
            tfma.EXAMPLE_WEIGHTS_KEY: np.array([float(times)]),
        }
    )


def _ranks(said: Said) -> NDArray[np.float64]:
    """Confidences as levels in (0, 1), by rank among those of the same digit: [n]."""
    levels = np.empty(len(said.digits))
    confidences = np.nan_to_num(said.confidences)
    for digit in set(said.digits.tolist()):
        same = np.flatnonzero(said.digits == digit)
        _, ranks = np.unique(confidences[same], return_inverse=True)
        levels[same] = np.floor(ranks * _LEVELS / (ranks.max() + 1))
    return (levels + 0.5) / _LEVELS


def _strips(truths: NDArray[np.float64], answers: NDArray[np.float64]) -> Iterator[dict[str, Any]]:
    """Extracts of long canvases: labels [k, 5] and predictions [k, 6] in COCO's order."""
    for start in range(0, len(truths), _BESIDE):
        part = slice(start, start + _BESIDE)
        shift = np.zeros((len(truths[part]), 6))
        shift[:, 0] = shift[:, 2] = _APART * np.arange(len(shift))
        yield {
            tfma.LABELS_KEY: truths[part] + shift[:, :5],
            tfma.PREDICTIONS_KEY: answers[part] + shift,
        }


def _degenerate_as_points(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is inverted, or no number, as a point off the picture, within its place on the strip."""
    with np.errstate(invalid="ignore"):
        sound = (
            np.isfinite(boxes).all(1) & (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
        )
    return np.where(sound[:, np.newaxis], np.clip(np.nan_to_num(boxes), -1.0, 2.0), 1.5)
