"""The verdict as TFMA's ValidationResult, which `tfma.load_validation_result` reads.

TFMA compares points with thresholds, of which our EvalConfig has none, and so writes that it could
not validate; a verdict takes the place of that. A failed check is a failure of its metric on its
slice: of the value's threshold where the bar is not reached or could not be judged, of that on the
change where the model is significantly worse than the champion, or could not be compared with it.
"""

import tensorflow as tf
from tensorflow_model_analysis.constants import VALIDATIONS_KEY
from tensorflow_model_analysis.proto import config_pb2, metrics_for_slice_pb2, validation_result_pb2
from tensorflow_model_analysis.slicer import slicer_lib

from evaluation.eval_config import CANDIDATE
from evaluation.verdict import Check, Verdict

_HIGHER = config_pb2.MetricDirection.Value("HIGHER_IS_BETTER")


def write_validation(verdict: Verdict, folder: str) -> None:
    """Writes the result in place of TFMA's own into the folder of an evaluation."""
    with tf.io.TFRecordWriter(f"{folder}/{VALIDATIONS_KEY}.tfrecord") as writer:
        writer.write(as_validation(verdict).SerializeToString())


def as_validation(verdict: Verdict) -> validation_result_pb2.ValidationResult:
    """The verdict, with the slices that it looked at and those of them that it found failing."""
    result = validation_result_pb2.ValidationResult(validation_ok=verdict.blessed)
    by_slice: dict[tuple[tuple[str, str], ...], list[Check]] = {}
    for check in verdict.checks:
        by_slice.setdefault(check.key, []).append(check)
    for key, checks in by_slice.items():
        spec = config_pb2.SlicingSpec(feature_values=dict(key))
        if not checks[0].count:
            result.missing_slices.append(spec)
        result.validation_details.slicing_details.add(
            slicing_spec=spec, num_matching_slices=int(checks[0].count > 0)
        )
        failures = [_failure(check, verdict.margin) for check in checks if check.passed is False]
        if failures:
            result.metric_validations_per_slice.add(
                slice_key=slicer_lib.serialize_slice_key(key), failures=failures
            )
    return result


def _failure(check: Check, margin: float) -> validation_result_pb2.ValidationFailure:
    change = check.of_change
    threshold = (
        {"change_threshold": {"absolute": {"value": -margin}, "direction": _HIGHER}}
        if change
        else {"value_threshold": {"lower_bound": {"value": check.bar}}}
    )
    value = check.difference if change else check.value
    return validation_result_pb2.ValidationFailure(
        metric_key=metrics_for_slice_pb2.MetricKey(
            name=check.metric, model_name=CANDIDATE, is_diff=change
        ),
        metric_threshold=config_pb2.MetricThreshold(**threshold),
        metric_value=None if value is None else {"double_value": {"value": value}},
        message=check.reason,
    )
