"""What every task's files must hold for data, training, judging and reports to work with them."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
import tfx  # noqa: F401  puts a module in place that TFDV asks for
from tensorflow_model_analysis.api import types
from tfx_bsl.tfxio import tensor_representation_util as representations

from components.digit_example_gen.synthesis import Recipe, draw_examples
from components.digit_schema_gen.component import read_schema
from components.infra_validator.answers import check_outputs
from evaluation.slice_names import slice_names, slice_values
from pipeline.config.file import read_config
from tests.tasks.networks import build
from vocabulary import features
from vocabulary.classes import TEN
from vocabulary.document import Picture
from vocabulary.task.examples import examples_of
from vocabulary.task.find import network_names, task_names, task_part
from vocabulary.task.judging import judging_of, measures_of, metrics_of, right_of
from vocabulary.task.options import TaskBase
from vocabulary.task.report import TaskReport

PICTURES = 20
SIDE = 75


@pytest.fixture(scope="module", params=task_names())
def task(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def records() -> list[bytes]:
    data = read_config(None, ["scene.empty=0"]).data.model_copy(update={"ink": True})
    recipe = Recipe(data.model_dump_json(), "eval", ("train", "eval"), PICTURES)
    return draw_examples(recipe, 0, PICTURES)


Inputs = dict[str, Any]


@pytest.fixture(scope="module")
def inputs(task: str, records: list[bytes]) -> Inputs:
    """The truth of the pictures, as Transform hands them over: by the task's schema."""
    schema = read_schema(task, classes=10)
    kinds = {feature.name: feature.type for feature in schema.feature}
    spec = {
        key: representations.CreateTfExampleParserConfig(one, kinds[key])
        for key, one in representations.GetTensorRepresentationsFromSchema(schema).items()
        if key in (features.LABEL, *features.BOX, features.INK)
    }
    return dict(tf.io.parse_example(records, spec))


@pytest.fixture(scope="module")
def known(inputs: Inputs) -> Inputs:
    """The same as TFMA hands them over."""
    return {
        key: types.VarLenTensorValue(one.values.numpy(), one.indices.numpy(), one.shape)
        if isinstance(one, tf.SparseTensor)
        else one.numpy()
        for key, one in inputs.items()
    }


def test_the_config_is_told_its_names(task: str) -> None:
    names = [metric.name for metric in judging_of(task).METRICS]
    assert len(names) == len(metrics_of(task))
    assert right_of(task).name in names
    asked = TaskBase(kind=task)
    assert all(slice_values(name, asked) for name in slice_names(asked))
    assert network_names(task)


def test_examples_that_a_source_writes_pass_its_schema(
    task: str, records: list[bytes], tmp_path: Path
) -> None:
    reasons = {examples_of(task).why_unusable(tf.train.Example.FromString(r)) for r in records}
    assert reasons == {""}
    import tensorflow_data_validation as tfdv

    path = str(tmp_path / "examples")
    with tf.io.TFRecordWriter(path) as writer:
        for one in records:
            writer.write(one)
    statistics = tfdv.generate_statistics_from_tfrecord(path)
    anomalies = tfdv.validate_statistics(statistics, read_schema(task, classes=10)).anomaly_info
    assert not dict(anomalies)


def test_a_network_of_two_steps_gives_answers_that_pass_the_check(
    task: str, inputs: Inputs
) -> None:
    options = read_config().task.model_dump() if task == "localization" else {"kind": task}
    options = task_part(task, "options").TaskOptions.model_validate(options)
    training, answers = task_part(task, "training"), task_part(task, "answers")
    frames = tf.constant([[0.0, 0.0, 1.0, 1.0]] * PICTURES)
    sizes = tf.fill([PICTURES, 2], float(SIDE))
    targets = task_part(task, "targets").build_targets(
        inputs, frames, options.model_dump(), canvas=(SIDE, SIDE)
    )
    pictures = np.random.default_rng(0).normal(size=(PICTURES, SIDE, SIDE, 1)).astype(np.float32)
    for name in network_names(task):
        keras.utils.set_random_seed(1)
        network = build(task, name, height=SIDE, width=SIDE)
        network.compile(
            "adam",
            loss=training.build_losses(options, network.output_names),
            loss_weights=training.build_weights(options, network.output_names),
            metrics=training.build_metrics(),
        )
        truth = {output: targets[training.TARGETS[output]] for output in network.output_names}
        for _ in range(2):
            network.train_on_batch(pictures, truth)
        answer = answers.answer(network(pictures, training=False), frames, sizes)
        outputs = {key: value.numpy() for key, value in answer.items()}
        check_outputs(outputs, name, rows=PICTURES, task=options)


def perfect(task: str, known: Inputs) -> tuple[dict[str, Any], dict[str, Any]]:
    """The ground truth of the pictures, and predictions that are the same, with full confidence."""
    measures = measures_of(task)
    truth = measures.read_truth(known, frames=np.full((PICTURES, 2), float(SIDE)))
    ones = {name: np.ones(PICTURES) for name in measures.PREDICTION if name not in truth}
    return truth, {**truth, **ones}


def test_predictions_that_are_the_truth_are_right(task: str, known: Inputs) -> None:
    truth, predictions = perfect(task, known)
    measured = measures_of(task).measure(truth, predictions, classes=10)
    assert np.asarray(right_of(task).read.holds(measured)).all()


def test_a_prediction_is_shown_on_its_picture(
    task: str, known: Inputs, records: list[bytes]
) -> None:
    report: TaskReport = task_part(task, "report")
    assert isinstance(report, TaskReport)
    truth, predictions = (
        {name: column[0] for name, column in columns.items()} for columns in perfect(task, known)
    )
    example = tf.train.Example.FromString(records[0])
    png = example.features.feature[features.IMAGE].bytes_list.value[0]
    shown = report.picture(png, truth, predictions, classes=TEN)
    assert isinstance(shown, Picture)
    assert not shown.wrong
