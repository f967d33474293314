"""What is read off an evaluation, and how it is said."""

from pathlib import Path

import pytest
import tensorflow as tf
from tensorflow_model_analysis.proto.validation_result_pb2 import (
    ValidationFailure as Failure,
)
from tensorflow_model_analysis.proto.validation_result_pb2 import (
    ValidationResult as Result,
)

from evaluation.results import read_reasons


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
