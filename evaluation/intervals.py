"""95% confidence intervals that stay in range and are never empty, also at 0 and at 1.

Pictures of one glyph (or form) are alike, so that n of them say less than n independent ones: the
design effect, which the standard error of `evaluation.jackknife` gives, divides their number.

- A value: Korn and Graubard, Confidence intervals for proportions with small expected number of
  positive counts estimated from survey data, Survey Methodology 24, 1998: Clopper and Pearson's
  exact interval on the effective sample size. A mean of values in [0, most] is treated as a share
  of `most`, whose effective size may exceed the number of pictures, for it varies less.
- The difference of two shares on the same pictures: Bonett and Price, Adjusted Wald confidence
  interval for a difference of binomial proportions based on paired data, Journal of Educational and
  Behavioral Statistics 37, 2012, on counts divided by the design effect (Rao and Scott, A simple
  method for the analysis of clustered binary data, Biometrics 48, 1992).
- Other differences on the same pictures: Student's, cut off where the metric's range ends.

Where the groups do not differ at all (every digit right, or two models alike) there is no design
effect to see. The effective size is then the smallest there can be: that of clusters whose pictures
are all alike (Kish, Survey Sampling, 1965), which without clusters is the number of pictures.
"""

import math
from typing import Final, NamedTuple

from scipy import special

_TAIL: Final = 0.025
_Z: Final = float(special.ndtri(1 - _TAIL))
_LARGEST: Final = 1e9
"""An effective size beyond which errors of rounding would be taken for agreement."""


class Sample(NamedTuple):
    """What a value was measured on.

    As many `clusters` of equal size would say as much; there are at most as many as pictures.
    """

    pictures: float
    clusters: float


class Error(NamedTuple):
    """A standard error and its degrees of freedom; neither from fewer than two groups."""

    deviation: float
    freedom: int


Ends = tuple[float, float]


def of_share(value: float, of: Sample, error: Error | None) -> Ends:
    """The ends for a share of the pictures."""
    return _exact(value, _effective(value * (1 - value), of, error))


def of_mean(value: float, of: Sample, error: Error | None, *, most: float = 1.0) -> Ends:
    """The ends for a mean, or what is like one, of values in [0, most]."""
    if not most > 0:
        return value, value
    share = min(value / most, 1.0)
    size = of.clusters
    if error and error.deviation > 0:
        size = (share * (1 - share)) * (_Z * most / (_t(error.freedom) * error.deviation)) ** 2
    low, high = _exact(share, max(size, of.clusters))
    return min(most * low, value), max(most * high, value)


def of_paired_shares(only_first: float, only_other: float, of: Sample, error: Error | None) -> Ends:
    """The ends for the difference of two shares of the same pictures.

    Args:
        only_first: how many pictures count for the first share alone.
        only_other: likewise for the one that is subtracted.
        of: the pictures.
        error: of the difference.
    """
    value = (only_first - only_other) / of.pictures
    variance = (only_first + only_other) / of.pictures - value**2
    size = _effective(variance, of, error)
    first, other = ((n / of.pictures * size + 1) / (size + 2) for n in (only_first, only_other))
    half = _Z * math.sqrt(max(first + other - (first - other) ** 2, 0.0) / (size + 2))
    middle = first - other
    return max(min(middle - half, value), -1.0), min(max(middle + half, value), 1.0)


def of_difference(value: float, of: Sample, error: Error | None, *, most: float = 1.0) -> Ends:
    """The ends for the difference of two means of values in [0, most] on the same pictures."""
    if error is None:
        return -most, most
    if value == 0 and error.deviation == 0:  # alike on every picture
        low, high = of_paired_shares(0, 0, of, None)
        return most * low, most * high
    half = _t(error.freedom) * error.deviation
    return max(value - half, -most), min(value + half, most)


def _effective(variance: float, of: Sample, error: Error | None) -> float:
    """How many independent pictures would say as much; `variance` is of what one picture counts."""
    if error is None or not (variance > 0 and error.deviation > 0):
        return of.clusters
    if of.clusters >= of.pictures:
        return of.pictures
    size = variance / error.deviation**2 * (_t(of.pictures - 1) / _t(error.freedom)) ** 2
    return min(max(size, of.clusters), of.pictures)


def _exact(share: float, size: float) -> Ends:
    """Clopper and Pearson's interval; `share * size` need not be a whole number."""
    size = min(size, _LARGEST)
    hits, misses = share * size, (1 - share) * size
    low = float(special.betaincinv(hits, misses + 1, _TAIL)) if hits > 0 else 0.0
    high = float(special.betaincinv(hits + 1, misses, 1 - _TAIL)) if misses > 0 else 1.0
    return min(low, share), max(high, share)


def _t(freedom: float) -> float:
    return float(special.stdtrit(freedom, 1 - _TAIL))
