"""What is wrong with splits, as people are told it."""

from tensorflow_metadata.proto.v0 import anomalies_pb2

from vocabulary.split_statistics import anomaly_rows, as_columns


def test_anomalies_of_the_whole_stand_behind_those_of_features() -> None:
    anomalies = anomalies_pb2.Anomalies()
    anomalies.anomaly_info["scene/scale"].description = "too large"
    anomalies.dataset_anomaly_info.description = "too few examples"
    assert [*anomaly_rows({"eval": anomalies})] == [
        ("eval", "scene/scale", "too large"),
        ("eval", "(the whole)", "too few examples"),
    ]


def test_rows_stand_in_columns() -> None:
    text = as_columns([("train", "a", "too large"), ("eval", "image/label", "missing")])
    assert text.splitlines() == [
        "  train  a            too large",
        "  eval   image/label  missing",
    ]
