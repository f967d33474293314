"""Metrics through TFMA itself, against NumPy and loops; sums in any order."""

import math
from collections.abc import Callable

import apache_beam as beam
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_analysis as tfma
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tfx_bsl.public import tfxio

from evaluation import metrics, slices
from evaluation.eval_config import METRICS, build_eval_config
from evaluation.options import EvaluationOptions
from vocabulary import features

PICTURES = 300
OPTIONS = EvaluationOptions(bars={"accuracy": 0.0}, margin=0.0, slices=["digit", "size", "place"])
ANSWER = "answer"
"""The feature that holds what the parrot says: digit, xmin, ymin, xmax, ymax."""

Rows = NDArray[np.float64]


def random_rows(seed: int) -> Rows:
    """Float [n, 10]: digit and box, true and predicted; predictions degenerate now and then."""
    random = np.random.default_rng(seed)
    rows = np.zeros((PICTURES, 10))
    rows[:, 0] = rows[:, 5] = random.integers(0, 10, PICTURES)
    rows[::3, 5] = random.integers(0, 10, len(rows[::3]))
    corners = random.uniform(0.0, 0.6, (PICTURES, 2))
    rows[:, 1:3] = corners
    rows[:, 3:5] = corners + random.uniform(0.1, 0.4, (PICTURES, 2))
    rows[:, 6:] = rows[:, 1:5] + random.normal(0.0, 0.03, (PICTURES, 4))
    rows[0::20, 6:] = rows[0::20, [8, 9, 6, 7]]  # inverted along both axes
    rows[1::20, 8] = rows[1::20, 6]  # no width
    rows[2::20, 6:] = math.nan
    rows[3::20, 9] = math.inf
    rows[4::20, 6:] += 2.0  # outside the picture
    rows[5::20, 6:] = rows[5::20, 1:5]  # perfect
    rows[6::20, 6], rows[6::20, 8] = rows[6::20, 8], rows[6::20, 6]  # inverted along one
    return rows.astype(np.float32).astype(np.float64)


def expected(rows: Rows) -> dict[str, float]:
    """Every metric, picture by picture, with nothing borrowed from the code under test."""
    right, ious, commons, unions = [], [], [], []
    for digit, *numbers in rows.tolist():
        xmin, ymin, xmax, ymax, said, *box = numbers
        true_area = (xmax - xmin) * (ymax - ymin)
        common, area = 0.0, 0.0
        if all(map(math.isfinite, box)) and box[2] > box[0] and box[3] > box[1]:
            area = (box[2] - box[0]) * (box[3] - box[1])
            width = min(xmax, box[2]) - max(xmin, box[0])
            height = min(ymax, box[3]) - max(ymin, box[1])
            common = width * height if width > 0 and height > 0 else 0.0
        right.append(digit == said)
        commons.append(common)
        unions.append(true_area + area - common)
        ious.append(common / unions[-1])
    iou, correct = np.array(ious), np.array(right)
    return {
        "accuracy": correct.mean(),
        "mean_iou": iou.mean(),
        "pooled_iou": sum(commons) / sum(unions),
        "iou_at_50": (iou >= 0.5).mean(),
        "iou_at_60": (iou >= 0.6).mean(),
        "iou_at_75": (iou >= 0.75).mean(),
        "iou_at_90": (iou >= 0.9).mean(),
        "joint_at_50": (correct & (iou >= 0.5)).mean(),
    }


def as_example(row: NDArray[np.float64]) -> bytes:
    example = tf.train.Example()
    feature = example.features.feature
    feature[features.LABEL].int64_list.value.append(int(row[0]))
    for key, value in zip(features.BOX, row[1:5].tolist(), strict=True):
        feature[key].float_list.value.append(value)
    feature[ANSWER].float_list.value.extend(row[5:].tolist())
    return example.SerializeToString()


class Parrot(tf.Module):
    """A model that says what the example tells it to."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="examples")])
    def serve(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        answer = tf.io.parse_example(examples, {ANSWER: tf.io.FixedLenFeature([5], tf.float32)})
        said = answer[ANSWER]
        return {"probabilities": tf.one_hot(tf.cast(said[:, 0], tf.int32), 10), "box": said[:, 1:]}


@pytest.fixture(scope="module")
def rows() -> Rows:
    return random_rows(0)


@pytest.fixture(scope="module")
def result(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> tfma.EvalResult:
    """What TFMA makes of a model that has answered as in `rows`."""
    folder = tmp_path_factory.mktemp("evaluation")
    parrot = Parrot()
    tf.saved_model.save(parrot, f"{folder}/model", signatures={"serving_examples": parrot.serve})
    config = tfma.utils.update_eval_config_with_defaults(
        build_eval_config(OPTIONS), has_baseline=False, rubber_stamp=True
    )
    model = tfma.default_eval_shared_model(f"{folder}/model", eval_config=config)
    source = tfxio.TFExampleRecord(
        f"{folder}/examples", raw_record_column_name=tfma.ARROW_INPUT_COLUMN
    )
    with tf.io.TFRecordWriter(f"{folder}/examples") as writer:
        for row in rows:
            writer.write(as_example(row))
    extractors = slices.custom_extractors(model, config, None)
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        _ = (
            pipeline
            | source.BeamSource()
            | tfma.ExtractEvaluateAndWriteResults(
                eval_shared_model=model,
                eval_config=config,
                extractors=extractors,
                output_path=f"{folder}/result",
            )
        )
    return tfma.load_eval_result(f"{folder}/result")


def found(result: tfma.EvalResult, *slice_key: tuple[str, object]) -> dict[str, float]:
    values = result.get_metrics_for_slice(slice_key)
    assert values is not None, result.get_slice_names()
    return {name: value["doubleValue"] for name, value in values.items()}


def test_metrics_of_the_whole_are_numpy_s(result: tfma.EvalResult, rows: Rows) -> None:
    values = found(result)
    assert values.pop("example_count") == PICTURES
    assert values == pytest.approx(expected(rows), rel=1e-6)
    assert set(values) == set(METRICS)


@pytest.mark.parametrize("digit", range(10))
def test_metrics_of_a_digit_are_numpy_s(result: tfma.EvalResult, rows: Rows, digit: int) -> None:
    chosen = rows[rows[:, 0] == digit]
    values = found(result, (features.LABEL, digit))
    assert values.pop("example_count") == len(chosen)
    assert values == pytest.approx(expected(chosen), rel=1e-6)


@pytest.mark.parametrize(
    ("name", "judge"), [("slice/size", slices.sizes), ("slice/place", slices.places)]
)
def test_metrics_of_sizes_and_places_are_numpy_s(
    result: tfma.EvalResult, rows: Rows, name: str, judge: Callable[[Rows], NDArray[np.str_]]
) -> None:
    of = judge(rows[:, 1:5])
    assert len(set(of.tolist())) >= 3
    for value in set(of.tolist()):
        values = found(result, (name, value))
        assert values.pop("example_count") == (of == value).sum()
        assert values == pytest.approx(expected(rows[of == value]), rel=1e-6)


def test_only_the_slices_asked_for_are_there(result: tfma.EvalResult) -> None:
    keys = {tuple(part[0] for part in name) for name in result.get_slice_names()}
    assert keys == {(), (features.LABEL,), ("slice/size",), ("slice/place",)}


def measure(row: NDArray[np.float64]) -> NDArray[np.float64]:
    return metrics.measure(
        digit=int(row[0]), box=row[1:5], predicted_digit=int(row[5]), predicted_box=row[6:]
    )


def combiner() -> beam.CombineFn:
    computation = metrics.MeanIoU().computations(model_names=[""])[0]
    return computation.combiner


@given(
    order=st.permutations(range(40)),
    cuts=st.lists(st.integers(0, 40), max_size=5).map(sorted),
)
def test_accumulators_merge_in_any_order(order: list[int], cuts: list[int]) -> None:
    measured = [measure(row) for row in random_rows(1)[:40]]
    combine, parts = combiner(), []
    for start, stop in zip([0, *cuts], [*cuts, 40], strict=True):
        accumulator = combine.create_accumulator()
        for index in order[start:stop]:
            accumulator = combine.add_input(accumulator, measured[index])
        parts.append(accumulator)
    (total,) = combine.extract_output(combine.merge_accumulators(parts[::-1])).values()
    assert total == pytest.approx(np.sum(measured, axis=0), rel=1e-12)


@pytest.mark.parametrize(
    "box",
    [(0.6, 0.6, 0.2, 0.2), (0.2, 0.2, 0.2, 0.6), (math.nan,) * 4, (0.0, 0.0, math.inf, 1.0)],
)
def test_a_degenerate_box_counts_as_a_miss(box: tuple[float, ...]) -> None:
    totals = metrics.as_totals(
        metrics.measure(
            digit=3,
            box=np.array([0.2, 0.2, 0.6, 0.6]),
            predicted_digit=3,
            predicted_box=np.array(box),
        )
    )
    assert totals == metrics.Totals(1.0, 1.0, 0.0, 0.0, pytest.approx(0.16), (0.0,) * 4, 0.0)


def test_an_iou_right_at_a_threshold_reaches_it() -> None:
    half = metrics.measure(
        digit=1,
        box=np.array([0.0, 0.0, 1.0, 1.0]),
        predicted_digit=1,
        predicted_box=np.array([0.0, 0.0, 0.5, 1.0]),
    )
    totals = metrics.as_totals(half)
    assert totals.iou == 0.5
    assert totals.hits == (1.0, 0.0, 0.0, 0.0)
    assert totals.joint == 1.0


def test_a_threshold_that_is_not_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        metrics.IoUAtLeast(threshold=0.55)
