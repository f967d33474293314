"""What metrics share in TFMA: a model's sums and counts, the rows of pictures, and their clusters.

Each is combined once, whatever number of metrics asks for it: TFMA knows them by their keys.
"""

import functools
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import apache_beam as beam
import numpy as np
from tensorflow_model_analysis.metrics import metric_types

from evaluation.clusters import Clusters
from evaluation.gathered import bounded, gather
from evaluation.sums import Floats, Sums

SUMS: Final = "sums"
"""The extract that holds {model: Sums [GROUPS, columns]} of some pictures of a slice."""
COUNTS: Final = "counts"
"""The extract that holds {model: [counts of each plot]} of some pictures of a slice."""
ROWS: Final = "rows"
"""The extract that holds `evaluation.gathered` rows of some pictures; of the whole alone."""
CLUSTERS: Final = "clusters"
"""The extract that holds the `Clusters` of some pictures of a slice."""

Values = dict[metric_types.MetricKey, Any]
# A leading underscore keeps a key out of the results.
ROWS_KEY: Final = metric_types.MetricKey(name="_rows")
CLUSTERS_KEY: Final = metric_types.MetricKey(name="_clusters")

_MOST_PARTS = 16
"""Parts that wait to be joined."""


def sums_key(model: str) -> metric_types.MetricKey:
    """Where the sums of a model are while metrics are read off them: `Sums` [GROUPS, columns]."""
    return metric_types.MetricKey(name="_sums", model_name=model)


def sums(model: str) -> metric_types.MetricComputation:
    """What adds up the sums of a model."""
    return _computation(sums_key(model), functools.partial(_sums_of, model), _added)


def counts_key(model: str) -> metric_types.MetricKey:
    """Where the counts of a model, of each plot, are while plots are made of them."""
    return metric_types.MetricKey(name="_counts", model_name=model)


def counts(model: str) -> metric_types.MetricComputation:
    """What adds up the counts of a model, see `evaluation.plots`."""
    return _computation(counts_key(model), functools.partial(_counts_of, model), _counted)


def rows() -> metric_types.MetricComputation:
    """What joins the rows of all models: `Gathered` under `ROWS_KEY`, None without any."""
    return _computation(ROWS_KEY, operator.methodcaller("get", ROWS), gather, bounded)


def clusters() -> metric_types.MetricComputation:
    """What gives the `Clusters` of a slice under `CLUSTERS_KEY`."""
    return _computation(CLUSTERS_KEY, operator.itemgetter(CLUSTERS), Clusters.joined)


def _computation(
    key: metric_types.MetricKey, take: Callable[..., Any], *joins: Callable[..., Any]
) -> metric_types.MetricComputation:
    return metric_types.MetricComputation([key], [_Take(take)], _Join(key, *joins))


def _sums_of(model: str, extracts: dict[str, Any]) -> Sums:
    of_model: Sums = extracts[SUMS][model]
    return of_model


def _added(parts: list[Sums]) -> Sums:
    return parts[0]._replace(values=np.sum([part.values for part in parts], axis=0))


def _counts_of(model: str, extracts: dict[str, Any]) -> list[Floats]:
    of_model: list[Floats] = extracts[COUNTS][model]
    return of_model


def _counted(parts: list[list[Floats]]) -> list[Floats]:
    return [np.sum(of_plot, axis=0) for of_plot in zip(*parts, strict=True)]


class _Take(metric_types.Preprocessor):
    """Hands on what a function takes of the extracts, if anything."""

    def __init__(self, take: Callable[[dict[str, Any]], Any]):
        super().__init__()
        self._take = take

    def process(self, extracts: dict[str, Any]) -> Iterator[Any]:
        part = self._take(extracts)
        if part is not None:
            yield part


class _Join(beam.CombineFn):
    """Joins parts and gives the whole under a key; None where there are none.

    `shorten` keeps the list of those that wait short; where there is none, many of them are joined.
    """

    def __init__(
        self,
        key: metric_types.MetricKey,
        join: Callable[[list[Any]], Any],
        shorten: Callable[[list[Any]], list[Any]] | None = None,
    ):
        self._key, self._join, self._shorten = key, join, shorten

    def create_accumulator(self) -> list[Any]:
        return []

    def add_input(self, accumulator: list[Any], element: Any) -> list[Any]:
        return self.merge_accumulators([accumulator, [element]])

    def merge_accumulators(self, accumulators: Iterable[list[Any]]) -> list[Any]:
        parts = [part for accumulator in accumulators for part in accumulator]
        if self._shorten:
            return self._shorten(parts)
        return [self._join(parts)] if len(parts) > _MOST_PARTS else parts

    def extract_output(self, accumulator: list[Any]) -> Values:
        return {self._key: self._join(accumulator) if accumulator else None}
