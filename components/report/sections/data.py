"""The data: what StatisticsGen counted and what ExampleValidator found."""

from typing import TypeAlias

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow_metadata.proto.v0 import anomalies_pb2, statistics_pb2

from components.report.document import Figure, Part, Section, Table, Words
from components.report.figures.canvas import BLUE, GREEN, ORANGE, Canvas
from vocabulary import features

Statistics: TypeAlias = statistics_pb2.DatasetFeatureStatistics
Anomalies: TypeAlias = anomalies_pb2.Anomalies
Shares: TypeAlias = NDArray[np.float64]

_STYLES = ((BLUE, ""), (ORANGE, "///"), (GREEN, "..."))


def read_statistics(folder: str) -> Statistics:
    """Of a split, from its folder in StatisticsGen's output."""
    with tf.io.gfile.GFile(f"{folder}/FeatureStats.pb", "rb") as file:
        return statistics_pb2.DatasetFeatureStatisticsList.FromString(file.read()).datasets[0]


def read_anomalies(folder: str) -> Anomalies:
    """Of a split, from its folder in ExampleValidator's output."""
    with tf.io.gfile.GFile(f"{folder}/SchemaDiff.pb", "rb") as file:
        return Anomalies.FromString(file.read())


def data(statistics: dict[str, Statistics], anomalies: dict[str, Anomalies]) -> Section:
    """Both, by split."""
    sizes = ", ".join(f"{s.num_examples:,} of {name}" for name, s in statistics.items())
    parts: list[Part] = [Words(f"Examples: {sizes}."), *_found(anomalies)]
    shares = {name: _digit_shares(one) for name, one in statistics.items()}
    if all(share.any() for share in shares.values()):
        parts.append(_digits(shares))
    parts.append(_numbers(statistics))
    return Section("data", "Data", parts)


def _found(anomalies: dict[str, Anomalies]) -> list[Part]:
    rows = [
        (split, feature, info.description)
        for split, one in anomalies.items()
        for feature, info in sorted(one.anomaly_info.items())
    ]
    if not rows:
        return [Words("No anomalies: every feature is what the schema says.", "good")]
    head = ("split", "feature", "what is wrong")
    return [Words("The examples break the schema.", "bad"), Table(head, rows, numeric=False)]


def _name(feature: statistics_pb2.FeatureNameStatistics) -> str:
    return feature.name or "/".join(feature.path.step)


def _digit_shares(statistics: Statistics) -> Shares:
    counts = np.zeros(features.NUM_CLASSES)
    for feature in statistics.features:
        if _name(feature) == features.LABEL:
            for bucket in feature.string_stats.rank_histogram.buckets:
                counts[int(bucket.label)] = bucket.sample_count
    return counts / max(counts.sum(), 1)


def _digits(shares: dict[str, Shares]) -> Figure:
    digits = np.arange(features.NUM_CLASSES)
    width = 0.8 / len(shares)
    with Canvas("digits", 4.3, 2.8) as canvas:
        (axes,) = canvas.axes()
        for index, (split, share) in enumerate(shares.items()):
            colour, hatch = _STYLES[index % len(_STYLES)]
            places = digits - 0.4 + width * (index + 0.5)
            axes.bar(places, 100 * share, width, color=colour, hatch=hatch, label=split)
        axes.set(xlabel="digit", ylabel="share of the split, %")
        axes.set_xticks(digits)
        axes.grid(visible=False, axis="x")
        canvas.figure.legend(loc="outside upper right", ncols=len(shares))
        least, most = (100 * f(list(shares.values())) for f in (np.min, np.max))
        verdict = "balanced" if most < 1.5 * least else "not balanced: mind it in the accuracy"
        return canvas.finish(
            f"Digits make up {least:.1f}% to {most:.1f}% of a split: they are {verdict}."
        )


def _numbers(statistics: dict[str, Statistics]) -> Table:
    rows = [
        (_name(feature), split, *_row(feature.num_stats))
        for split, one in statistics.items()
        for feature in one.features
        if feature.WhichOneof("stats") == "num_stats"
    ]
    head = ("feature", "split", "missing", "mean", "std. dev.", "min", "median", "max")
    return Table(
        head, sorted(rows),
        "Splits should agree but for chance, and for what augmentation widens in train.",
        folded="Statistics of every number",
    )  # fmt: skip


def _row(stats: statistics_pb2.NumericStatistics) -> tuple[str, ...]:
    values = (stats.mean, stats.std_dev, stats.min, stats.median, stats.max)
    return (f"{stats.common_stats.num_missing:,}", *(f"{value:.4g}" for value in values))
