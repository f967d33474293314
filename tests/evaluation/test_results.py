"""What is read off an evaluation, and how it is said."""

from pathlib import Path

import pytest
import tensorflow as tf
from google.protobuf import json_format
from tensorflow_model_analysis.proto import config_pb2
from tensorflow_model_analysis.proto.metrics_for_slice_pb2 import MetricsForSlice
from tensorflow_model_analysis.proto.validation_result_pb2 import (
    ValidationFailure as Failure,
)
from tensorflow_model_analysis.proto.validation_result_pb2 import (
    ValidationResult as Result,
)

from evaluation.results import Estimate, SliceMetrics, read_metrics, read_reasons, read_slices


def missed_bar(name: str, value: float, bar: float) -> Failure:
    failure = Failure()
    failure.metric_key.name = name
    failure.metric_key.model_name = "candidate"
    failure.metric_value.double_value.value = value
    failure.metric_threshold.value_threshold.lower_bound.value = bar
    return failure


def fell_behind(name: str, difference: float, margin: float) -> Failure:
    failure = Failure()
    failure.metric_key.name = name
    failure.metric_key.is_diff = True
    failure.metric_value.double_value.value = difference
    failure.metric_threshold.change_threshold.absolute.value = -margin
    return failure


def write(folder: Path, *failures: Failure) -> str:
    """A validation of the whole, as TFMA's writer leaves it in an evaluation's folder."""
    result = Result(validation_ok=not failures)
    result.metric_validations_per_slice.add().failures.extend(failures)
    with tf.io.TFRecordWriter(str(folder / "validations-00000-of-00001.tfrecord")) as writer:
        writer.write(result.SerializeToString())
    return str(folder)


def test_a_blessed_model_has_no_reasons(tmp_path: Path) -> None:
    assert read_reasons(write(tmp_path)) == []


def test_a_missed_bar_is_a_sentence(tmp_path: Path) -> None:
    evaluation = write(tmp_path, missed_bar("mean_iou", 0.87654, 0.9))
    assert read_reasons(evaluation) == ["mean_iou is 0.8765, below the bar of 0.9"]


def test_a_fall_behind_the_champion_is_a_sentence(tmp_path: Path) -> None:
    evaluation = write(tmp_path, fell_behind("accuracy", -0.0312, 0.01))
    assert read_reasons(evaluation) == [
        "accuracy is 0.0312 below the champion's, more than the margin of 0.01"
    ]


@pytest.mark.parametrize("margin", [0.0, 0.25])
def test_the_margin_is_said_as_it_was_set(tmp_path: Path, margin: float) -> None:
    (reason,) = read_reasons(write(tmp_path, fell_behind("accuracy", -0.5, margin)))
    assert reason.endswith(f"more than the margin of {margin:g}")


def test_every_reason_is_given_in_turn(tmp_path: Path) -> None:
    evaluation = write(
        tmp_path, missed_bar("accuracy", 0.5, 0.95), fell_behind("mean_iou", -0.2, 0.1)
    )
    assert [reason.split()[0] for reason in read_reasons(evaluation)] == ["accuracy", "mean_iou"]


def test_a_metric_that_is_no_number_is_said_to_be_below_the_bar(tmp_path: Path) -> None:
    evaluation = write(tmp_path, missed_bar("pooled_iou", float("nan"), 0.9))
    assert read_reasons(evaluation) == ["pooled_iou is nan, below the bar of 0.9"]


def write_metrics(folder: Path, *slices: MetricsForSlice) -> str:
    """Metrics of slices, as TFMA's writers leave them in an evaluation's folder."""
    config = config_pb2.EvalConfig(model_specs=[config_pb2.ModelSpec(name="")])
    run = config_pb2.EvalRun(eval_config=config, version="0.52.0")
    (folder / "eval_config.json").write_text(json_format.MessageToJson(run))
    with tf.io.TFRecordWriter(str(folder / "metrics-00000-of-00001.tfrecord")) as writer:
        for one in slices:
            writer.write(one.SerializeToString())
    return str(folder)


def measured(
    *key: tuple[str, bytes | int], count: int, accuracy: float, ends: tuple[float, float] | None
) -> MetricsForSlice:
    """The metrics of a slice, with or without an interval."""
    one = MetricsForSlice()
    for feature, value in key:
        kind = "int64_value" if isinstance(value, int) else "bytes_value"
        one.slice_key.single_slice_keys.add(column=feature, **{kind: value})
    for name, value in (("example_count", count), ("accuracy", accuracy)):
        added = one.metric_keys_and_values.add()
        added.key.name = name
        added.value.double_value.value = value
        if ends and name == "accuracy":
            added.confidence_interval.lower_bound.double_value.value = ends[0]
            added.confidence_interval.upper_bound.double_value.value = ends[1]
    return one


def test_slices_come_whole_first_with_their_counts_and_intervals(tmp_path: Path) -> None:
    cross = (("image/object/class/label", 4), ("slice/size", b"small"))
    evaluation = write_metrics(
        tmp_path,
        measured(*cross, count=3, accuracy=0.0, ends=(0.0, 0.5)),
        measured(cross[0], count=7, accuracy=0.75, ends=None),
        measured(count=20, accuracy=0.9, ends=(0.8, 0.95)),
    )
    whole, digit, both = read_slices(evaluation)
    assert whole == SliceMetrics((), 20, {"accuracy": Estimate(0.9, 0.8, 0.95)})
    assert digit.key == (("image/object/class/label", "4"),)
    assert digit.metrics == {"accuracy": Estimate(0.75)}
    assert both.key == (("image/object/class/label", "4"), ("slice/size", "small"))
    assert (both.count, both.metrics["accuracy"]) == (3, Estimate(0.0, 0.0, 0.5))
    assert read_metrics(evaluation) == {"accuracy": 0.9}
