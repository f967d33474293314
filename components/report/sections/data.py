"""The data: what StatisticsGen counted and what ExampleValidator found."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from tensorflow_metadata.proto.v0 import statistics_pb2

from components.report.figure import BLUE, GREEN, ORANGE, Drawing
from vocabulary import features
from vocabulary.document import Figure, Part, Section, Table, Words
from vocabulary.left_out import Reason
from vocabulary.split_statistics import Anomalies, Statistics, anomaly_rows, feature_of

Shares: TypeAlias = dict[str, float]
"""Of each label in a split, in [0, 1]."""

_STYLES = ((BLUE, ""), (ORANGE, "///"), (GREEN, "..."))
_BALANCED = 1.5
"""How many times as common as the rarest label the most common one may be."""


def data(
    statistics: dict[str, Statistics],
    anomalies: dict[str, Anomalies],
    names: Mapping[str, str],
    left_out: Sequence[Reason] = (),
    consist: str = "",
) -> Section:
    """Both, by split; `names` are what features are called where their key does not say it.

    `left_out` is why pictures became no examples; `consist` is what splits of a mixed source
    consist of, in a sentence.
    """
    sizes = ", ".join(f"{s.num_examples:,} {name}" for name, s in statistics.items())
    mixed = f" Of these, {consist}." if consist else ""
    parts: list[Part] = [Words(f"Examples: {sizes}.{mixed}"), *_left_out(left_out)]
    parts += _anomalies(anomalies)
    shares = {split: _label_shares(one) for split, one in statistics.items()}
    if all(shares.values()):
        parts.append(_labels(shares, short_name(features.LABEL, names)))
    parts.append(_numbers(statistics))
    return Section("data", "Data", parts)


def _left_out(reasons: Sequence[Reason]) -> list[Part]:
    if not reasons:
        return []
    rows = [(one.reason, f"{one.pictures:,}", ", ".join(one.first)) for one in reasons]
    head = ("pictures left out: why", "how many", "such as")
    return [Table(head, rows, numeric=False)]


def short_name(feature: str, names: Mapping[str, str]) -> str:
    """What a feature is called in front of people: by default, the end of its key."""
    return names.get(feature, feature.rpartition("/")[2])


def _anomalies(anomalies: dict[str, Anomalies]) -> list[Part]:
    rows = [*anomaly_rows(anomalies)]
    if not rows:
        return [Words("No anomalies: every feature is as the schema says.", "good")]
    head = ("split", "feature", "anomaly")
    return [Words("The examples break the schema.", "bad"), Table(head, rows, numeric=False)]


def _label_shares(statistics: Statistics) -> Shares:
    counts = {
        bucket.label: bucket.sample_count
        for feature in statistics.features
        if feature_of(feature) == features.LABEL
        for bucket in feature.string_stats.rank_histogram.buckets
    }
    total = sum(counts.values())
    return {label: count / total for label, count in counts.items()}


def _labels(shares: dict[str, Shares], name: str) -> Figure:
    labels = sorted(set().union(*shares.values()), key=lambda label: (len(label), label))
    heights = {
        split: [100 * one.get(label, 0.0) for label in labels] for split, one in shares.items()
    }
    width = 0.8 / len(shares)
    with Drawing("labels", 4.3, 2.8) as drawing:
        (axes,) = drawing.axes()
        for index, (split, percent) in enumerate(heights.items()):
            colour, hatch = _STYLES[index % len(_STYLES)]
            places = np.arange(len(labels)) - 0.4 + width * (index + 0.5)
            axes.bar(places, percent, width, color=colour, hatch=hatch, label=split)
        axes.set(xlabel=name, ylabel="share of the split, %")
        axes.set_xticks(range(len(labels)), labels)
        axes.grid(visible=False, axis="x")
        drawing.figure.legend(loc="outside upper right", ncols=len(shares))
        least, most = np.min([*heights.values()]), np.max([*heights.values()])
        balance = (
            "balanced"
            if most < _BALANCED * least
            else "not balanced, so the most common ones count most in metrics over all pictures"
        )
        return drawing.finish(
            f"Each {name} makes up {least:.1f}% to {most:.1f}% of a split: they are {balance}."
        )


def _numbers(statistics: dict[str, Statistics]) -> Table:
    rows = [
        (feature_of(feature), split, *_row(feature.num_stats))
        for split, one in statistics.items()
        for feature in one.features
        if feature.WhichOneof("stats") == "num_stats"
    ]
    head = ("feature", "split", "missing", "mean", "std. dev.", "min", "median", "max")
    return Table(
        head, sorted(rows),
        "Splits should differ only by chance, and by the augmentation, which widens ranges in the "
        "train split.",
        folded="Statistics of all numeric features",
    )  # fmt: skip


def _row(stats: statistics_pb2.NumericStatistics) -> tuple[str, ...]:
    values = (stats.mean, stats.std_dev, stats.min, stats.median, stats.max)
    return (f"{stats.common_stats.num_missing:,}", *(f"{value:.4g}" for value in values))
