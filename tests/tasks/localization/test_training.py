"""How networks of localization are trained: losses, metrics, augmentation, quality."""

import inspect

import numpy as np
import pytest
import tensorflow as tf

from pipeline.config.config import Config
from tasks.localization import targets, training
from trainer.network import find_network
from vocabulary.task import training as protocols

OUTPUTS = ("logits", "box", "coarse_box")


@pytest.mark.parametrize(
    ("module", "protocol"),
    [
        (targets, protocols.Targets),
        (training, protocols.Training),
        *((find_network("localization", k), protocols.Network) for k in ("edge", "lab")),
        (find_network("localization", "backbone"), protocols.NetworkWithOptions),
    ],
)
def test_a_part_has_what_its_protocol_names(module: object, protocol: type) -> None:
    functions = inspect.getmembers(protocol, inspect.isfunction)
    named = {name: function for name, function in functions if not name.startswith("_")}
    assert named
    for name, function in named.items():
        _, *expected = inspect.signature(function).parameters
        assert list(inspect.signature(getattr(module, name)).parameters) == expected
    for name in protocol.__annotations__:
        assert hasattr(module, name)


def test_every_output_has_a_loss_and_a_weight(configure) -> None:
    config: Config = configure("task.box_weight=3.0")
    built = training.build_losses(config.task, OUTPUTS)
    assert built["box"] is built["coarse_box"] is training.BOX_LOSSES["giou_l1"]
    weights = training.build_weights(config.task, OUTPUTS)
    assert weights == {"logits": 1.0, "box": 3.0, "coarse_box": 3.0}


def test_every_box_loss_of_the_config_is_there(configure) -> None:
    for name in training.BOX_LOSSES:
        options = configure(f"task.box_loss={name}").task
        assert training.build_losses(options, ["box"])["box"] is training.BOX_LOSSES[name]
    field = type(options).model_fields["box_loss"].annotation
    assert set(field.__args__) == set(training.BOX_LOSSES)


def test_a_shift_moves_the_box_and_leaves_the_digit(configure) -> None:
    move = training.build_augmentation(configure("task.shift=true").task)
    pictures = tf.random.stateless_normal([8, 20, 30, 1], [1, 2])
    before = {"digit": tf.range(8), "box": tf.constant([[0.2, 0.2, 0.5, 0.6]] * 8)}
    frames = tf.constant([[0.0, 0.0, 1.0, 1.0]] * 8)
    moved, after = move(pictures, before, frames, [3, 4])
    assert moved.shape == pictures.shape
    np.testing.assert_array_equal(after["digit"], before["digit"])
    assert len(np.unique(after["box"], axis=0)) > 4
    again, _ = move(pictures, before, frames, [3, 4])
    other, _ = move(pictures, before, frames, [3, 5])
    np.testing.assert_array_equal(moved, again)
    assert not np.array_equal(moved, other)


def test_without_shift_nothing_is_done_to_pictures(configure) -> None:
    assert training.build_augmentation(configure("task.shift=false").task) is None


def test_quality_is_the_mean_of_what_is_watched_and_no_loss() -> None:
    epoch = {"val_loss": 9.0, "val_logits_accuracy": 0.9, "val_box_iou": 0.7, "box_iou": 0.1}
    assert training.quality(epoch) == pytest.approx(0.8)


def test_metrics_that_are_watched_are_among_those_that_are_measured() -> None:
    measured = {
        f"{output}_{metric.name}"
        for output, metrics in training.build_metrics().items()
        for metric in metrics
    }
    assert {metric.name for metric in training.METRICS} == measured
