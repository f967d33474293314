"""Sums over pictures: what each contributes to the metrics of a task, as a row of a matrix.

Batches are measured in `evaluation.extraction` and added up by slice and by group of
`evaluation.jackknife`; `evaluation.estimates` reads the metrics off the totals.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vocabulary.task.judging import PICTURES, Columns, Metric, Share

Floats = NDArray[np.float64]


class Sums(NamedTuple):
    """What pictures contribute, or sums of it.

    Attributes:
        widths: the name of each measure and how many columns it has; the first counts pictures.
        values: float64 [..., columns].
    """

    widths: tuple[tuple[str, int], ...]
    values: Floats

    def by_name(self, values: Floats) -> dict[str, Floats]:
        """Values with such columns by measure: [...], or [..., k] of one that has several."""
        ends = np.cumsum([width for _, width in self.widths])[:-1]
        parts = zip(self.widths, np.split(values, ends, axis=-1), strict=True)
        return {name: part if width > 1 else part[..., 0] for (name, width), part in parts}

    def total(self) -> dict[str, Floats]:
        """The values of all rows together, by measure."""
        return self.by_name(self.values.sum(axis=0))


def share(metric: str) -> str:
    """The name of the measure that counts the pictures of a `Share`."""
    return f"share of {metric}"


def in_both(metric: str) -> str:
    """The name of the measure that counts those which are the baseline's as well."""
    return f"share of {metric}, baseline's too"


def contributions(measured: Columns, metrics: Iterable[Metric]) -> Columns:
    """The measures of n pictures, with the count and one measure for each `Share`."""
    measured = {PICTURES: np.ones(len(next(iter(measured.values())))), **measured}
    shares = {
        share(metric.name): metric.read.holds(measured) * measured[metric.read.of]
        for metric in metrics
        if isinstance(metric.read, Share)
    }
    return {**measured, **shares}


def paired(model: Columns, baseline: Columns, metrics: Iterable[Metric]) -> Columns:
    """The contributions of a model, with those that it and the baseline share."""
    names = [metric.name for metric in metrics if isinstance(metric.read, Share)]
    return model | {in_both(name): model[share(name)] * baseline[share(name)] for name in names}


def as_rows(measured: Columns) -> Sums:
    """The contributions of n pictures as a matrix, [n, columns]."""
    columns = {name: np.reshape(column, (len(column), -1)) for name, column in measured.items()}
    widths = tuple((name, column.shape[1]) for name, column in columns.items())
    return Sums(widths, np.concatenate([*columns.values()], axis=1, dtype=np.float64))
