"""Values of metrics with their 95% intervals, off sums in groups or off rows of pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from evaluation import intervals
from evaluation.gathered import Gathered
from evaluation.intervals import Ends, Error, Sample
from evaluation.jackknife import GROUPS, error_of, estimate
from evaluation.sums import Floats, Sums, in_both, share
from vocabulary.task.judging import PICTURES, OfRows, Ratio

Estimated = tuple[float, Ends]
"""A value and the ends of its interval."""
Read = Callable[[Sums, Floats], Floats]
"""The value for each row of sums, which have the columns of the first."""


@dataclass(frozen=True)
class ShareOfSums:
    """A `Share`: its name, the sums of each model, [GROUPS, columns], and the pictures."""

    name: str
    sums: dict[str, Sums]
    sample: Sample

    def value(self, model: str) -> Estimated:
        """The share."""
        sums = self.sums[model]
        value, error = estimate(lambda groups: self._read(sums, groups), sums.values)
        return value, intervals.of_share(value, self.sample, error)

    def difference(self, model: str, baseline: str) -> Estimated:
        """The share of a model minus that of the baseline, on the same pictures."""
        mine, its = self.sums[model], self.sums[baseline]
        value, error = _paired(self._read, mine, its)
        both = mine.total()[in_both(self.name)]
        only_mine, only_its = (float(of.total()[share(self.name)] - both) for of in (mine, its))
        return value, intervals.of_paired_shares(only_mine, only_its, self.sample, error)

    def _read(self, sums: Sums, values: Floats) -> Floats:
        by_name = sums.by_name(values)
        return _divide(by_name[share(self.name)], by_name[PICTURES])


@dataclass(frozen=True)
class RatioOfSums:
    """A `Ratio`, the sums of each model, [GROUPS, columns], and the pictures."""

    ratio: Ratio
    sums: dict[str, Sums]
    sample: Sample

    def value(self, model: str) -> Estimated:
        """The ratio."""
        sums = self.sums[model]
        value, error = estimate(lambda groups: self._read(sums, groups), sums.values)
        return value, intervals.of_mean(value, self.sample, error, most=self._most(sums))

    def difference(self, model: str, baseline: str) -> Estimated:
        """The ratio of a model minus that of the baseline, on the same pictures."""
        mine = self.sums[model]
        value, error = _paired(self._read, mine, self.sums[baseline])
        return value, intervals.of_difference(value, self.sample, error, most=self._most(mine))

    def _read(self, sums: Sums, values: Floats) -> Floats:
        by_name = sums.by_name(values)
        part = self.ratio.part
        return _divide(
            by_name[part] if isinstance(part, str) else part(by_name), by_name[self.ratio.whole]
        )

    def _most(self, sums: Sums) -> float:
        """The highest value that it can have on these pictures."""
        total = sums.total()
        return float(_divide(total[self.ratio.most], total[PICTURES]))


@dataclass(frozen=True)
class ValueOfRows:
    """An `OfRows`: its values of each model, all and without each group, [1 + GROUPS].

    `sizes` counts the pictures of each group, [GROUPS].
    """

    values: dict[str, Floats]
    sizes: Floats
    sample: Sample

    @classmethod
    def of(cls, metric: OfRows, rows: Gathered, sample: Sample) -> Self:
        """Computes the values."""
        values = {
            model: metric.compute(rows.truth, predictions, rows.groups, GROUPS)
            for model, predictions in rows.predictions.items()
        }
        sizes = np.bincount(rows.groups, minlength=GROUPS).astype(np.float64)
        return cls(values, sizes, sample)

    def value(self, model: str) -> Estimated:
        """The value."""
        value, error = self._jackknife(self.values[model])
        return value, intervals.of_mean(value, self.sample, error)

    def difference(self, model: str, baseline: str) -> Estimated:
        """The value of a model minus that of the baseline, on the same pictures."""
        value, error = self._jackknife(self.values[model] - self.values[baseline])
        return value, intervals.of_difference(value, self.sample, error)

    def _jackknife(self, values: Floats) -> tuple[float, Error | None]:
        value = float(values[0])
        return value, error_of(value, values[1:], self.sizes)


def _paired(read: Read, model: Sums, baseline: Sums) -> tuple[float, Error | None]:
    size = model.values.shape[1]
    both = np.concatenate([model.values, baseline.values], axis=1)
    return estimate(
        lambda sums: read(model, sums[..., :size]) - read(baseline, sums[..., size:]), both
    )


def _divide(part: Floats, whole: Floats) -> Floats:
    part = np.asarray(part, np.float64)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=np.asarray(whole) != 0)
