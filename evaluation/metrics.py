"""Localization metrics as native TFMA metrics.

Everything is a sum over pictures, so one pass and one Beam combiner serve all metrics: each picture
is measured once, as a vector, and the metrics are read off the totals of a slice.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

import apache_beam as beam
import numpy as np
import tensorflow_model_analysis as tfma
from numpy.typing import NDArray
from tensorflow_model_analysis.metrics import metric_types

from vocabulary import boxes, features

IOU_THRESHOLDS: Final = (0.5, 0.6, 0.75, 0.9)
JOINT_THRESHOLD: Final = 0.5


class Totals(NamedTuple):
    """Sums over pictures.

    Attributes:
        pictures: how many.
        right_digit: how many with the right digit.
        iou: of the intersections over unions, one for each picture.
        intersection: of the areas in common.
        union: of the areas covered.
        hits: how many at least at each of `IOU_THRESHOLDS`.
        joint: how many with the right digit and at least `JOINT_THRESHOLD`.
    """

    pictures: float
    right_digit: float
    iou: float
    intersection: float
    union: float
    hits: tuple[float, ...]
    joint: float


def measure(
    *, digit: int, box: NDArray[Any], predicted_digit: int, predicted_box: NDArray[Any]
) -> NDArray[np.float64]:
    """One picture's contribution to `Totals`, flat.

    Args:
        digit: the true digit.
        box: the true box, float [4], (xmin, ymin, xmax, ymax).
        predicted_digit: the model's.
        predicted_box: the model's, float [4]; a degenerate one has IoU 0.
    """
    intersection, union = boxes.intersections_and_unions(box, predicted_box)
    iou = float(intersection / union) if union > 0 else 0.0
    right = float(digit == predicted_digit)
    hits = [float(iou >= threshold) for threshold in IOU_THRESHOLDS]
    joint = right * (iou >= JOINT_THRESHOLD)
    return np.array([1.0, right, iou, float(intersection), float(union), *hits, joint])


def as_totals(vector: NDArray[np.float64]) -> Totals:
    """The flat vector by name."""
    pictures, right_digit, iou, intersection, union, *hits, joint = vector.tolist()
    return Totals(pictures, right_digit, iou, intersection, union, tuple(hits), joint)


class _Measure(metric_types.Preprocessor):
    """Measures one picture; runs once for each, however many slices it belongs to."""

    def __init__(self, model_name: str):
        super().__init__(model_name=model_name)
        self._model_name = model_name

    def process(self, extracts: dict[str, Any]) -> Iterator[NDArray[np.float64]]:
        inputs = tfma.metrics.StandardMetricInputs(extracts)
        known = inputs.get_features()
        predicted = inputs.get_predictions(self._model_name)
        yield measure(
            digit=int(np.ravel(known[features.LABEL])[0]),
            box=np.array([np.ravel(known[key])[0] for key in features.BOX]),
            predicted_digit=int(np.argmax(predicted["probabilities"])),
            predicted_box=np.ravel(predicted["box"]),
        )


class _Sum(beam.CombineFn):
    """Adds vectors up and gives them under one key."""

    def __init__(self, key: metric_types.MetricKey):
        self._key = key

    def create_accumulator(self) -> NDArray[np.float64]:
        return np.zeros(6 + len(IOU_THRESHOLDS))

    def add_input(
        self, accumulator: NDArray[np.float64], element: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        return accumulator + element

    def merge_accumulators(
        self, accumulators: Iterable[NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        return np.sum(list(accumulators), axis=0)

    def extract_output(
        self, accumulator: NDArray[np.float64]
    ) -> dict[metric_types.MetricKey, NDArray[np.float64]]:
        return {self._key: accumulator}


class _LocalizationMetric(metric_types.Metric):
    """A metric that is read off the totals of a slice.

    TFMA makes it again from its arguments, so all of them are handed on.
    """

    def __init__(self, name: str, read: Callable[[Totals], float], **arguments: float):
        def computations(
            name: str, model_names: list[str] | None = None, **_: float
        ) -> metric_types.MetricComputations:
            return [
                computation
                for model_name in model_names or [""]
                for computation in _compute(name, model_name, read)
            ]

        super().__init__(computations, name=name, **arguments)


def _compute(
    name: str, model_name: str, read: Callable[[Totals], float]
) -> metric_types.MetricComputations:
    # A leading underscore keeps a key out of the results.
    totals = metric_types.MetricKey(name="_localization_totals", model_name=model_name)
    key = metric_types.MetricKey(name=name, model_name=model_name)

    def result(metrics: dict[metric_types.MetricKey, Any]) -> dict[metric_types.MetricKey, float]:
        return {key: read(as_totals(metrics[totals]))}

    return [
        metric_types.MetricComputation(
            keys=[totals], preprocessors=[_Measure(model_name)], combiner=_Sum(totals)
        ),
        metric_types.DerivedMetricComputation(keys=[key], result=result),
    ]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


class Accuracy(_LocalizationMetric):
    """Share of pictures whose digit is right."""

    def __init__(self, name: str = "accuracy"):
        super().__init__(name, lambda totals: _share(totals.right_digit, totals.pictures))


class MeanIoU(_LocalizationMetric):
    """Mean over pictures of intersection over union of the predicted and the true box."""

    def __init__(self, name: str = "mean_iou"):
        super().__init__(name, lambda totals: _share(totals.iou, totals.pictures))


class PooledIoU(_LocalizationMetric):
    """Sum of all intersections over sum of all unions: large digits weigh more."""

    def __init__(self, name: str = "pooled_iou"):
        super().__init__(name, lambda totals: _share(totals.intersection, totals.union))


class IoUAtLeast(_LocalizationMetric):
    """Share of pictures whose box reaches a threshold, one of `IOU_THRESHOLDS`."""

    def __init__(self, threshold: float, name: str | None = None):
        which = IOU_THRESHOLDS.index(threshold)
        super().__init__(
            name or f"iou_at_{round(100 * threshold)}",
            lambda totals: _share(totals.hits[which], totals.pictures),
            threshold=threshold,
        )


class Joint(_LocalizationMetric):
    """Share of pictures whose digit is right and whose box reaches `JOINT_THRESHOLD`."""

    def __init__(self, name: str = "joint_at_50"):
        super().__init__(name, lambda totals: _share(totals.joint, totals.pictures))


for _metric in (Accuracy, MeanIoU, PooledIoU, IoUAtLeast, Joint):
    metric_types.register_metric(_metric)
