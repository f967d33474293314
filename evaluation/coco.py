"""COCO's mean average precision, mAP@[.5:.95], through TFMA's own metric.

As a metric of TFMA's pipeline it would cost more than all else: a hundred computations (ten digits,
ten thresholds) for each picture and slice. So it runs once, on the whole, over the rows of
`evaluation.pictures`; many pictures are laid side by side on one long canvas, where boxes of
different pictures cannot meet. What was found is counted by group of pictures, and the metric read
off the counts of all and of all but one, as `evaluation.jackknife` wants it.
"""

import itertools
import math
import warnings
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import tensorflow_model_analysis as tfma
from numpy.typing import NDArray
from tensorflow_model_analysis.api.types import ValueWithTDistribution
from tensorflow_model_analysis.metrics import metric_types
from tensorflow_model_analysis.utils.math_util import calculate_confidence_interval

from evaluation.jackknife import GROUPS, from_groups, groups_of
from evaluation.pictures import Pictures, Said
from vocabulary import features

NAME: Final = "coco_map"
_BESIDE = 50
"""Pictures side by side; more makes one pass cheaper and its matrix of overlaps larger."""
_APART = 4.0
"""From one picture to the next, in sides of a picture; boxes end within [0, 1]."""
_LEVELS = 64
"""Confidences told apart, by rank among the answers of the same digit."""
_RECALLS: Final = np.linspace(0.0, 1.0, 101)

Floats = NDArray[np.float64]


Bounded = tuple[float, ...]
"""A value, and the ends of its 95% interval where it has one."""


class Precision(NamedTuple):
    """COCO's mAP@[.5:.95] of each model, and its difference from the baseline, by model."""

    values: dict[str, Bounded]
    differences: dict[str, Bounded]


def mean_average_precision(pictures: Pictures, baseline: str | None) -> Precision:
    """Of each model's answers, of which each picture has one, and one true box.

    A degenerate box matches none. Without pictures the values are NaN.
    """
    found = {model: _by_group(pictures, said) for model, said in pictures.said.items()}
    sizes = np.bincount(_groups(pictures), minlength=GROUPS).astype(np.float64)

    def bounded(values: Floats) -> Bounded:
        one = from_groups(float(values[0]), values[1:], sizes)
        if isinstance(one, ValueWithTDistribution):
            return tuple(map(float, calculate_confidence_interval(one)))
        return (one,)

    return Precision(
        {model: bounded(values) for model, values in found.items()},
        {
            model: bounded(values - found[baseline])
            for model, values in found.items()
            if baseline and model != baseline
        },
    )


def _groups(pictures: Pictures) -> NDArray[np.int64]:
    return groups_of(source_id.encode() for source_id in pictures.source_ids)


def _by_group(pictures: Pictures, said: Said) -> Floats:
    """The mAP of all pictures and without each group of them, [1 + GROUPS]."""
    answers = np.column_stack([_degenerate_as_points(said.boxes), said.digits, _ranks(said)])
    truths = np.column_stack([pictures.boxes, pictures.digits])
    groups = _groups(pictures)
    by_digit = [_of_digit(digit, truths, answers, groups) for digit in range(features.NUM_CLASSES)]
    with warnings.catch_warnings():  # where there are no pictures
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmean(by_digit, axis=0))


def _of_digit(digit: int, truths: Floats, answers: Floats, groups: NDArray[np.int64]) -> Floats:
    """The mean over thresholds for one digit, [1 + GROUPS]; NaN where there is none of it."""
    metric = tfma.metrics.COCOMeanAveragePrecision(
        class_ids=[digit], num_thresholds=_LEVELS + 1, max_num_detections=_BESIDE, name=NAME
    )
    *computations, last = metric.computations()
    about = (truths[:, 4] == digit) | (answers[:, 4] == digit)
    by_group = [
        list(_strips(truths[chosen], answers[chosen]))
        for chosen in (about & (groups == group) for group in range(GROUPS))
    ]
    found = {
        computation.keys[0]: np.stack([_count(computation, strips) for strips in by_group])
        for computation in computations
        if not isinstance(computation, metric_types.DerivedMetricComputation)
    }
    if not (truths[:, 4] == digit).any():
        return np.full(1 + GROUPS, np.nan)
    value = _derive([*computations, last], {key: of.sum(axis=0) for key, of in found.items()})
    counts = np.stack(list(found.values()))
    without = counts.sum(axis=1, keepdims=True) - counts
    return np.array([value, *average_precision(without).mean(axis=0)])


def _count(computation: metric_types.MetricComputation, strips: list[dict[str, Any]]) -> Floats:
    """How many boxes, [2, 1 + _LEVELS]: answers that match none, then true boxes, by confidence.

    True boxes that no answer matches stand in the first column.
    """
    counts = np.zeros((2, 1 + _LEVELS))
    for strip in strips:
        elements: list[Any] = [strip]
        for preprocessor in computation.preprocessors:
            elements = list(itertools.chain.from_iterable(map(preprocessor.process, elements)))
        for element in elements:
            counts[int(element.label[0]), math.ceil(element.prediction[0] * _LEVELS)] += 1
    return counts


def _derive(computations: metric_types.MetricComputations, counts: dict[Any, Floats]) -> float:
    """The metric for boxes that are counted: those that are alike, at once."""
    values: dict[metric_types.MetricKey, Any] = {}
    for computation in computations:
        if isinstance(computation, metric_types.DerivedMetricComputation):
            with warnings.catch_warnings():  # of precision where nothing was found
                warnings.simplefilter("ignore", RuntimeWarning)
                values |= computation.result(values)
        else:
            combiner = computation.combiner
            # The metric has no way to ask its parts to heed weights.
            combiner._example_weighted = True
            counted = combiner.add_input(
                combiner.create_accumulator(), _as_inputs(counts[computation.keys[0]])
            )
            values |= combiner.extract_output(counted)
    return float(values[computations[-1].keys[-1]])


def _as_inputs(counts: Floats) -> metric_types.StandardMetricInputs:
    true, level = np.nonzero(counts)
    return metric_types.StandardMetricInputs(
        {
            tfma.LABELS_KEY: true.astype(np.float64),
            tfma.PREDICTIONS_KEY: np.maximum(level - 0.5, 0.0) / _LEVELS,
            tfma.EXAMPLE_WEIGHTS_KEY: counts[true, level],
        }
    )


def average_precision(counts: Floats) -> Floats:
    """What TFMA reads off counts as `_count` gives, many at once: [..., 2, 1 + _LEVELS] to [...].

    The mean over recalls of the highest precision that is reached at that recall or a higher one;
    NaN without true boxes.
    """
    surer = np.flip(np.cumsum(np.flip(counts, axis=-1), axis=-1), axis=-1)
    false, true = surer[..., 0, 1:], surer[..., 1, 1:]
    whole = surer[..., 1, :1]
    precision = np.divide(true, true + false, out=np.zeros_like(true), where=true > 0)
    recall = np.divide(true, whole, out=np.full_like(true, np.nan), where=whole > 0)
    reached = recall[..., np.newaxis, :] >= _RECALLS[:, np.newaxis]
    found = np.max(reached * precision[..., np.newaxis, :], axis=-1).mean(axis=-1)
    return np.where(whole[..., 0] > 0, found, np.nan)


def _ranks(said: Said) -> Floats:
    """Confidences as levels in (0, 1), by rank among those of the same digit: [n]."""
    levels = np.empty(len(said.digits))
    confidences = np.nan_to_num(said.confidences)
    for digit in set(said.digits.tolist()):
        same = np.flatnonzero(said.digits == digit)
        _, ranks = np.unique(confidences[same], return_inverse=True)
        levels[same] = np.floor(ranks * _LEVELS / (ranks.max() + 1))
    return (levels + 0.5) / _LEVELS


def _strips(truths: Floats, answers: Floats) -> Iterator[dict[str, Any]]:
    """Extracts of long canvases: labels [k, 5] and predictions [k, 6] in COCO's order."""
    for start in range(0, len(truths), _BESIDE):
        part = slice(start, start + _BESIDE)
        shift = np.zeros((len(truths[part]), 6))
        shift[:, 0] = shift[:, 2] = _APART * np.arange(len(shift))
        yield {
            tfma.LABELS_KEY: truths[part] + shift[:, :5],
            tfma.PREDICTIONS_KEY: answers[part] + shift,
        }


def _degenerate_as_points(boxes: Floats) -> Floats:
    """What is inverted, or no number, as a point off the picture, within its place on the strip."""
    with np.errstate(invalid="ignore"):
        sound = (
            np.isfinite(boxes).all(1) & (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
        )
    return np.where(sound[:, np.newaxis], np.clip(np.nan_to_num(boxes), -1.0, 2.0), 1.5)
