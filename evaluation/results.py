"""Reads back what `evaluation.evaluate` wrote, as typed values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import tensorflow_model_analysis as tfma
from numpy.typing import NDArray

from evaluation.clusters import claim
from evaluation.eval_config import CANDIDATE, CONFUSION, COUNT, FORMS, METRICS, SOURCES
from evaluation.slice_names import CROSS, part_of
from vocabulary import features

WHOLE: Final = "whole"
_BOUNDED: Final = ("value", "lowerBound", "upperBound")


@dataclass(frozen=True)
class Estimate:
    """A value, and the ends of its 95% confidence interval where it has one."""

    value: float
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class SliceResult:
    """What was measured on one slice.

    Attributes:
        slice: its name in the config, or `whole`.
        value: which part of it, as `small`, or `3 x small` of a cross; empty for the whole.
        count: how many pictures it holds.
        metrics: by model and by name; COCO's mAP is of the whole alone.
        differences: of a model from the baseline, on the same pictures; by model and by name.
        confusion: how many of each true digit (row) were taken for each, [10, 10], by model.
        sources: how many glyphs (or pictures of one's own) they are of.
        forms: how many forms these are from; 0 where that is unknown.
    """

    slice: str
    value: str
    count: int
    metrics: dict[str, dict[str, Estimate]]
    differences: dict[str, dict[str, Estimate]]
    confusion: dict[str, NDArray[np.int64]]
    sources: int = 0
    forms: int = 0

    @property
    def claim(self) -> str:
        """What its intervals claim; see `evaluation.clusters`."""
        return claim(self.count, self.sources, self.forms)

    @property
    def title(self) -> str:
        """`whole`, or as `size small`."""
        return f"{self.slice} {self.value}".strip()

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        """Name and value of each part: none of the whole, two of a cross."""
        if not self.value:
            return ()
        return tuple(zip(self.slice.split(CROSS), self.value.split(CROSS), strict=True))


@dataclass(frozen=True)
class Evaluation:
    """What came of evaluating models on the same pictures; the whole comes first of the slices."""

    models: list[str]
    baseline: str | None
    slices: list[SliceResult]

    @property
    def whole(self) -> SliceResult:
        """The slice of all pictures."""
        return self.slices[0]

    def find(self, slice_: str, value: str = "") -> SliceResult | None:
        """A slice by name and value; None where no picture fell into it."""
        found = (s for s in self.slices if (s.slice, s.value) == (slice_, value))
        return next(found, None)


def read_evaluation(folder: str) -> Evaluation:
    """Reads the folder of an evaluation.

    Raises:
        ValueError: if no picture was evaluated.
    """
    config = tfma.load_eval_result(folder).config
    models = [spec.name or CANDIDATE for spec in config.model_specs]
    one = len(models) == 1  # TFMA leaves the name of an only model out
    by_model = {
        model: dict(
            tfma.load_eval_result(folder, model_name=None if one else model).slicing_metrics
        )
        for model in models
    }
    names = [_name(spec.feature_keys) for spec in config.slicing_specs]
    keys = sorted(by_model[models[0]], key=lambda key: _order(key, names))
    if not keys or keys[0] != ():
        raise ValueError("there are no pictures to evaluate")
    return Evaluation(
        models=models,
        baseline=next((spec.name for spec in config.model_specs if spec.is_baseline), None),
        slices=[_slice(key, {m: by_model[m][key][""][""] for m in models}) for key in keys],
    )


@dataclass(frozen=True)
class SliceMetrics:
    """The candidate alone on one slice; see `SliceResult`."""

    key: tuple[tuple[str, str], ...]
    count: int
    metrics: dict[str, Estimate]
    sources: int = 0
    forms: int = 0


def read_slices(folder: str) -> list[SliceMetrics]:
    """The candidate's metrics on every slice, the whole first, from the folder of an evaluation."""
    found = read_evaluation(folder).slices
    return [
        SliceMetrics(one.key, one.count, one.metrics[CANDIDATE], one.sources, one.forms)
        for one in found
    ]


def read_metrics(folder: str) -> dict[str, float]:
    """The candidate's metrics on the whole, by name, from the folder of an evaluation."""
    whole = read_evaluation(folder).whole
    return {name: estimate.value for name, estimate in whole.metrics[CANDIDATE].items()}


def _slice(key: tuple[tuple[str, Any], ...], values: dict[str, dict[str, Any]]) -> SliceResult:
    name, value = _named(key)
    first = next(iter(values.values()))
    return SliceResult(
        slice=name,
        value=value,
        count=round(first[COUNT]["doubleValue"]),
        metrics={model: dict(_estimates(said, "")) for model, said in values.items()},
        differences={model: dict(_estimates(said, "_diff")) for model, said in values.items()},
        confusion={model: _matrix(said[CONFUSION]) for model, said in values.items()},
        sources=round(first[SOURCES].get("doubleValue", 0.0)),
        forms=round(first[FORMS].get("doubleValue", 0.0)),
    )


def _estimates(values: dict[str, Any], suffix: str) -> Iterator[tuple[str, Estimate]]:
    for name in METRICS:
        value = values.get(f"{name}{suffix}")
        if value is None:
            continue
        bounded = value.get("boundedValue")
        if bounded:
            yield name, Estimate(*(float(bounded.get(key, 0.0)) for key in _BOUNDED))
        else:
            yield name, Estimate(float(value.get("doubleValue", "nan")))


def _matrix(value: dict[str, Any]) -> NDArray[np.int64]:
    flat = np.asarray(value["arrayValue"]["float64Values"])
    return flat.reshape(features.NUM_CLASSES, features.NUM_CLASSES).astype(np.int64)


def _name(feature_keys: list[str]) -> str:
    return CROSS.join(map(part_of, feature_keys)) or WHOLE


def _named(key: tuple[tuple[str, Any], ...]) -> tuple[str, str]:
    """The name and the value of a slice."""
    parts = [(part_of(feature), str(value)) for feature, value in key]
    crossed = sorted(parts, key=lambda part: part[0] == "size")  # `place x size`
    return (
        CROSS.join(name for name, _ in crossed) or WHOLE,
        CROSS.join(value for _, value in crossed),
    )


def _order(key: tuple[tuple[str, Any], ...], names: list[str]) -> tuple[int, str]:
    name, value = _named(key)
    return names.index(name), value
