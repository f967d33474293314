"""The plots of a task for TFMA: how pictures are counted, and the counts in TFMA's form.

TFMA's own plots take pictures one by one, as `evaluation.extraction` no longer has them.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tensorflow_model_analysis.metrics import calibration_plot, confusion_matrix_plot
from tensorflow_model_analysis.proto import metrics_for_slice_pb2

from vocabulary.task.judging import Columns, Confusion, Plot

BUCKETS: Final = 20
"""Of confidence, equal in width; TFMA's plot has one more below 0 and one from 1 on."""

Floats = NDArray[np.float64]


class Cells(NamedTuple):
    """Where each of n pictures is counted.

    Attributes:
        places: int64 [n] in [0, size); below 0 for one that is not counted.
        weights: float64 [n, k], what is added there.
        size: how many places there are.
    """

    places: NDArray[np.int64]
    weights: Floats
    size: int


def cells_of(
    plot: Plot, truth: Columns, predictions: Columns, measured: Columns, *, classes: int
) -> Cells:
    """Where pictures are counted, by their ground truth, predictions and measures, [n] each."""
    if isinstance(plot, Confusion):
        true = truth[plot.truth].astype(np.int64)
        places = np.where(true < 0, -1, true * classes + predictions[plot.prediction])
        return Cells(places, np.ones((len(places), 1)), classes**2)
    confidence = np.nan_to_num(predictions[plot.confidence].astype(np.float64))
    places = np.clip(np.floor(confidence * BUCKETS).astype(np.int64) + 1, 0, BUCKETS + 1)
    weights = np.stack([np.ones(len(places)), measured[plot.right], confidence], axis=-1)
    return Cells(np.where(measured[plot.of] > 0, places, -1), weights, BUCKETS + 2)


def count(cells: Cells, rows: Sequence[int]) -> Floats:
    """The sums of the weights of some pictures, by index, at each place: [size, k]."""
    places, weights = cells.places[rows], cells.weights[rows]
    there = places >= 0
    columns = weights[there].T
    return np.stack([np.bincount(places[there], of, cells.size) for of in columns], axis=-1)


def name_of(plot: Plot) -> str:
    """What TFMA knows a plot by.

    TFMA joins plots of these two names into one, and of others shows the last alone.
    """
    if isinstance(plot, Confusion):
        return str(confusion_matrix_plot.CONFUSION_MATRIX_PLOT_NAME)
    return str(calibration_plot.CALIBRATION_PLOT_NAME)


def as_tfma(plot: Plot, counts: Floats) -> Any:
    """Counts, [size, k], as a message that TFMA writes and draws."""
    return _confusion(counts) if isinstance(plot, Confusion) else _calibration(counts)


def _confusion(counts: Floats) -> metrics_for_slice_pb2.MultiClassConfusionMatrixAtThresholds:
    message = metrics_for_slice_pb2.MultiClassConfusionMatrixAtThresholds()
    entries = message.matrices.add(threshold=0.0).entries
    matrix = counts.reshape(round(len(counts) ** 0.5), -1)
    for true, predicted in np.argwhere(matrix).tolist():
        entries.add(
            actual_class_id=true,
            predicted_class_id=predicted,
            num_weighted_examples=matrix[true, predicted],
        )
    return message


def _calibration(counts: Floats) -> metrics_for_slice_pb2.CalibrationHistogramBuckets:
    edges = [-np.inf, *(np.arange(BUCKETS + 1) / BUCKETS), np.inf]
    message = metrics_for_slice_pb2.CalibrationHistogramBuckets()
    for low, high, (pictures, right, confidence) in zip(edges[:-1], edges[1:], counts, strict=True):
        message.buckets.add(
            lower_threshold_inclusive=low,
            upper_threshold_exclusive=high,
            num_weighted_examples={"value": pictures},
            total_weighted_label={"value": right},
            total_weighted_refined_prediction={"value": confidence},
        )
    return message
