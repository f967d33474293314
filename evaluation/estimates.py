"""Values of metrics with their 95% intervals, off sums in groups or off rows of pictures."""

import math
from dataclasses import dataclass

import numpy as np

from evaluation import intervals
from evaluation.gathered import Gathered
from evaluation.intervals import Ends, Error, Sample
from evaluation.jackknife import GROUPS, Floats, error_of, estimate
from evaluation.sums import Sums, in_both, share
from vocabulary.task.judging import PICTURES, OfRows, Ratio, Share

Estimated = tuple[float, Ends]
"""A value and the ends of its interval."""


@dataclass(frozen=True)
class OfSums:
    """A `Share` or a `Ratio`, the sums of each model, [GROUPS, columns], and the pictures."""

    name: str
    read: Share | Ratio
    sums: dict[str, Sums]
    sample: Sample

    def value(self, model: str) -> Estimated:
        """The value."""
        sums = self.sums[model]
        value, error = estimate(lambda groups: self._read(sums, groups), sums.values)
        if math.isnan(value):  # it asks about none of the pictures
            return value, (value, value)
        if isinstance(self.read, Ratio):
            most = _most(self.read, sums)
            return value, intervals.of_mean(value, self.sample, error, most=most)
        return value, intervals.of_share(value, self._asked(self.read, sums), error)

    def difference(self, model: str, baseline: str) -> Estimated:
        """The value of a model minus that of the baseline, on the same pictures."""
        mine, its = self.sums[model], self.sums[baseline]
        size = mine.values.shape[1]
        value, error = estimate(
            lambda both: self._read(mine, both[..., :size]) - self._read(its, both[..., size:]),
            np.concatenate([mine.values, its.values], axis=1),
        )
        if math.isnan(value):
            return value, (value, value)
        if isinstance(self.read, Ratio):
            most = _most(self.read, mine)
            return value, intervals.of_difference(value, self.sample, error, most=most)
        both = mine.total()[in_both(self.name)]
        only_mine, only_its = (float(of.total()[share(self.name)] - both) for of in (mine, its))
        of = self._asked(self.read, mine)
        return value, intervals.of_paired_shares(only_mine, only_its, of, error)

    def _asked(self, read: Share, sums: Sums) -> Sample:
        """The pictures that a share is of, which have as large a share of the clusters."""
        total = sums.total()
        part = float(total[read.of] / total[PICTURES])
        return Sample(self.sample.pictures * part, self.sample.clusters * part)

    def _read(self, sums: Sums, values: Floats) -> Floats:
        """The value for each row of sums, which have the columns of `sums`."""
        return read_off(self.name, self.read, sums.by_name(values))


class ValuesOfRows:
    """An `OfRows`, for each model of rows."""

    def __init__(self, metric: OfRows, rows: Gathered, sample: Sample):
        """Computes the values, of all rows and without each group."""
        self._values = {
            model: metric.compute(rows.truth, predictions, rows.groups, GROUPS)
            for model, predictions in rows.predictions.items()
        }
        self._sizes = np.bincount(rows.groups, minlength=GROUPS).astype(np.float64)
        self._sample = sample

    def value(self, model: str) -> Estimated:
        """The value."""
        value, error = self._jackknife(self._values[model])
        return value, intervals.of_mean(value, self._sample, error)

    def difference(self, model: str, baseline: str) -> Estimated:
        """The value of a model minus that of the baseline, on the same pictures."""
        value, error = self._jackknife(self._values[model] - self._values[baseline])
        return value, intervals.of_difference(value, self._sample, error)

    def _jackknife(self, values: Floats) -> tuple[float, Error | None]:
        value = float(values[0])
        return value, error_of(value, values[1:], self._sizes)


def read_off(metric: str, read: Share | Ratio, sums: dict[str, Floats]) -> Floats:
    """The value of a metric off sums by measure; NaN where it asks about none of the pictures."""
    if isinstance(read, Share):
        return _divide(sums[share(metric)], sums[read.of])
    part = sums[read.part] if isinstance(read.part, str) else read.part(sums)
    return _divide(part, sums[read.whole])


def _most(ratio: Ratio, sums: Sums) -> float:
    """The highest value that a ratio can have on these pictures."""
    total = sums.total()
    return float(_divide(total[ratio.most], total[PICTURES]))


def _divide(part: Floats, whole: Floats) -> Floats:
    part = np.asarray(part, np.float64)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=np.asarray(whole) != 0)
