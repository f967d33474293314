"""Reads back what `evaluation.evaluate` wrote, as typed values."""

import math
from collections.abc import Iterator
from typing import Any, Final

import tensorflow_model_analysis as tfma
from pydantic import BaseModel, ConfigDict, Field, computed_field

from evaluation.clusters import claim
from evaluation.estimate import Estimate
from evaluation.eval_config import CANDIDATE, metric_names
from evaluation.metrics import COUNTS
from evaluation.slice_names import CROSS, WHOLE
from vocabulary.errors import UserError

_BOUNDED: Final = ("value", "lowerBound", "upperBound")

Features = tuple[tuple[str, Any], ...]
"""A slice as TFMA has it: feature and value of each part."""
SliceKey = tuple[tuple[str, str], ...]
"""Name and value of each part of a slice: none of the whole, two of a cross."""


class SliceResult(BaseModel):
    """What was measured on one slice.

    Metrics and differences (from the baseline, on the same pictures) are by model and by name; some
    are of the whole alone, and one that asks about none of its pictures is NaN. `sources` counts
    the glyphs, `forms` what these are from, 0 if unknown.
    """

    model_config = ConfigDict(frozen=True)

    key: SliceKey = Field(exclude=True)
    count: int
    metrics: dict[str, dict[str, Estimate]]
    differences: dict[str, dict[str, Estimate]]
    sources: int = Field(default=0, exclude=True)
    forms: int = Field(default=0, exclude=True)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def slice(self) -> str:
        """In front of people: `whole`, `size small`, or of a cross `digit x size 3 x small`."""
        return f"{self.name} {self.value}".strip()

    @property
    def name(self) -> str:
        """As in the config: `size`, or `digit x size`; `whole` for all pictures."""
        return CROSS.join(name for name, _ in self.key) or WHOLE

    @property
    def value(self) -> str:
        """Which part of it: `small`, or `3 x small` of a cross; empty for all pictures."""
        return CROSS.join(value for _, value in self.key)

    @property
    def candidate(self) -> dict[str, Estimate]:
        """The metrics of the candidate, by name."""
        return self.metrics[CANDIDATE]

    @property
    def claim(self) -> str:
        """What its intervals claim; see `evaluation.clusters`."""
        return claim(self.count, self.sources, self.forms)


class Evaluation(BaseModel):
    """The results of models on the same pictures; the whole comes first of the slices."""

    models: list[str]
    baseline: str | None
    slices: list[SliceResult]

    @property
    def whole(self) -> SliceResult:
        """The slice of all pictures."""
        return self.slices[0]

    def find(self, name: str, value: str = "") -> SliceResult | None:
        """A slice by name and value; None where no picture fell into it."""
        return next((s for s in self.slices if (s.name, s.value) == (name, value)), None)


def read_evaluation(folder: str) -> Evaluation:
    """Reads the folder of an evaluation; raises UserError if no picture was evaluated."""
    config = tfma.load_eval_result(folder).config
    models = [spec.name for spec in config.model_specs]
    by_model = {
        model: dict(tfma.load_eval_result(folder, model_name=model).slicing_metrics)
        for model in models
    }
    if () not in by_model[models[0]]:
        raise UserError("there are no pictures to evaluate")
    specs = [list(spec.feature_keys) for spec in config.slicing_specs]
    names = metric_names(config)
    slices = {
        key: _slice(
            _key(key, specs), {model: by_model[model][key][""][""] for model in models}, names
        )
        for key in by_model[models[0]]
    }
    return Evaluation(
        models=models,
        baseline=next((spec.name for spec in config.model_specs if spec.is_baseline), None),
        slices=[
            slices[key]
            for key in sorted(slices, key=lambda key: (_place(key, specs), slices[key].value))
        ],
    )


def read_metrics(folder: str) -> dict[str, float]:
    """The candidate's metrics on the whole, by name, from the folder of an evaluation.

    One that asks about none of the pictures is left out.
    """
    values = {name: one.value for name, one in read_evaluation(folder).whole.candidate.items()}
    return {name: value for name, value in values.items() if math.isfinite(value)}


def _place(key: Features, specs: list[list[str]]) -> int:
    """Which of the slicings a slice is of."""
    return [set(spec) for spec in specs].index({feature for feature, _ in key})


def _key(key: Features, specs: list[list[str]]) -> SliceKey:
    """TFMA's key by names, in the order of the config, which TFMA does not keep."""
    values = dict(key)
    return tuple((feature, str(values[feature])) for feature in specs[_place(key, specs)])


def _slice(key: SliceKey, values: dict[str, dict[str, Any]], names: list[str]) -> SliceResult:
    first = next(iter(values.values()))
    count, sources, forms = (round(first[name].get("doubleValue", 0.0)) for name in COUNTS)
    differences = {model: dict(_estimates(of, names, "_diff")) for model, of in values.items()}
    return SliceResult(
        key=key,
        count=count,
        metrics={model: dict(_estimates(of, names)) for model, of in values.items()},
        differences={model: of for model, of in differences.items() if of},
        sources=sources,
        forms=forms,
    )


def _estimates(
    values: dict[str, Any], names: list[str], suffix: str = ""
) -> Iterator[tuple[str, Estimate]]:
    for name in names:
        value = values.get(f"{name}{suffix}")
        if value is None:
            continue
        bounded = value.get("boundedValue")
        if bounded:
            yield name, Estimate(*(float(bounded.get(key, 0.0)) for key in _BOUNDED))
        else:
            yield name, Estimate(float(value.get("doubleValue", "nan")))
