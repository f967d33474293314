"""What metrics share in TFMA: Beam combiners for the sums of a model, and for rows of pictures.

Each runs once, whatever number of metrics asks for it: TFMA knows them by their keys.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import apache_beam as beam
from tensorflow_model_analysis.metrics import metric_types

from evaluation.gathered import Gathered, bounded, gather
from evaluation.sums import Sums

SUMS: Final = "sums"
"""The extract that holds {model: Sums [GROUPS, columns]} of some pictures of a slice."""
ROWS: Final = "rows"
"""The extract that holds `Gathered` rows of some pictures; none of a slice but the whole."""

Values = dict[metric_types.MetricKey, Any]
# A leading underscore keeps a key out of the results.
ROWS_KEY: Final = metric_types.MetricKey(name="_rows")


def sums_key(model: str) -> metric_types.MetricKey:
    """Where the sums of a model are while metrics are read off them: `Sums` [GROUPS, columns]."""
    return metric_types.MetricKey(name="_sums", model_name=model)


def sums(model: str) -> metric_types.MetricComputation:
    """What adds up the sums of a model."""
    key = sums_key(model)
    return metric_types.MetricComputation(
        keys=[key], preprocessors=[_TakeSums(model)], combiner=_AddSums(key)
    )


def rows(models: list[str]) -> metric_types.MetricComputation:
    """What joins the rows of all models: `Gathered` under `ROWS_KEY`, None without any."""
    return metric_types.MetricComputation(
        keys=[ROWS_KEY], preprocessors=[_TakeRows(models)], combiner=_GatherRows()
    )


class _TakeSums(metric_types.Preprocessor):
    """Hands on the sums of one model."""

    def __init__(self, model: str):
        super().__init__()
        self._model = model

    def process(self, extracts: dict[str, Any]) -> Iterator[Sums]:
        by_model = extracts[SUMS]
        # TFMA leaves the name of an only model out.
        yield by_model[self._model or next(iter(by_model))]


class _AddSums(beam.CombineFn):
    """Adds sums up and gives them under one key; none yet are None."""

    def __init__(self, key: metric_types.MetricKey):
        self._key = key

    def create_accumulator(self) -> None:
        return None

    def add_input(self, accumulator: Sums | None, element: Sums) -> Sums:
        if accumulator is None:
            return element
        return element._replace(values=accumulator.values + element.values)

    def merge_accumulators(self, accumulators: Iterable[Sums | None]) -> Sums | None:
        merged: Sums | None = None
        for accumulator in accumulators:
            merged = self.add_input(merged, accumulator) if accumulator else merged
        return merged

    def extract_output(self, accumulator: Sums | None) -> Values:
        return {self._key: accumulator}


class _TakeRows(metric_types.Preprocessor):
    """Hands on the rows; there are none of a slice but the whole."""

    def __init__(self, models: list[str]):
        super().__init__()
        self._models = models

    def process(self, extracts: dict[str, Any]) -> Iterator[Gathered]:
        of_all: Gathered | None = extracts.get(ROWS)
        if of_all:
            # TFMA leaves the name of an only model out.
            yield of_all._replace(
                predictions=dict(zip(self._models, of_all.predictions.values(), strict=True))
            )


class _GatherRows(beam.CombineFn):
    """Joins rows and gives them under `ROWS_KEY`; None where there are none."""

    def create_accumulator(self) -> list[Gathered]:
        return []

    def add_input(self, accumulator: list[Gathered], element: Gathered) -> list[Gathered]:
        return bounded([*accumulator, element])

    def merge_accumulators(self, accumulators: Iterable[list[Gathered]]) -> list[Gathered]:
        return bounded([part for accumulator in accumulators for part in accumulator])

    def extract_output(self, accumulator: list[Gathered]) -> Values:
        return {ROWS_KEY: gather(accumulator) if accumulator else None}
