"""What TensorFlow Data Validation leaves for each split: its statistics, and its anomalies.

Folders are those of a split in the artefacts of StatisticsGen and ExampleValidator.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import tensorflow as tf
from tensorflow_metadata.proto.v0 import anomalies_pb2, statistics_pb2

Statistics: TypeAlias = statistics_pb2.DatasetFeatureStatistics
Anomalies: TypeAlias = anomalies_pb2.Anomalies
Row = tuple[str, str, str]
"""A split, a feature, and what is wrong with it."""


def read_statistics(folder: str) -> Statistics:
    """The statistics of a split."""
    with tf.io.gfile.GFile(f"{folder}/FeatureStats.pb", "rb") as file:
        return statistics_pb2.DatasetFeatureStatisticsList.FromString(file.read()).datasets[0]


def read_anomalies(folder: str) -> Anomalies:
    """The anomalies of a split, or what has drifted in it."""
    with tf.io.gfile.GFile(f"{folder}/SchemaDiff.pb", "rb") as file:
        return Anomalies.FromString(file.read())


def read_drift(folder: str, pairs: Iterable[str]) -> dict[str, Anomalies]:
    """What has drifted, by split, from DistributionValidator's folder and names such as `a_a`."""
    return {pair.partition("_")[0]: read_anomalies(f"{folder}/SplitPair-{pair}") for pair in pairs}


def feature_of(one: Any) -> str:
    """The key of the feature that statistics or an anomaly are of."""
    return "/".join(one.path.step)


def anomaly_rows(anomalies: dict[str, Anomalies]) -> Iterator[Row]:
    """A row for each anomaly, by split."""
    for split, one in anomalies.items():
        for feature, info in sorted(one.anomaly_info.items()):
            yield split, feature, info.description
        if one.HasField("dataset_anomaly_info"):
            yield split, "(the whole)", one.dataset_anomaly_info.description


def drift_rows(anomalies: dict[str, Anomalies]) -> Iterator[Row]:
    """A row for each feature that has drifted, or cannot be compared, by split."""
    for split, one in anomalies.items():
        measured = {
            feature_of(info): f"divergence {drift.value:.3f}, above {drift.threshold:g}"
            for info in one.drift_skew_info
            for drift in info.drift_measurements
        }
        for _, info in sorted(one.anomaly_info.items()):
            feature = feature_of(info)
            yield split, feature, measured.get(feature, info.reason[0].description)


def as_columns(rows: list[Row]) -> str:
    """Rows as lines of text, in columns."""
    split, feature = (max(len(row[column]) for row in rows) for column in (0, 1))
    return "\n".join(f"  {row[0]:<{split}}  {row[1]:<{feature}}  {row[2]}" for row in rows)
