"""`run_fn`, whole: what it makes, and that it makes the same again."""

import json
from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft
from tensorflow.core.protobuf import saved_model_pb2

import tasks.localization.layers  # noqa: F401  (registers them)
from tests.trainer.training_process import Job, train
from vocabulary import features
from vocabulary.classes import TEN

pytestmark = pytest.mark.slow


def weights(job: Job) -> list[np.ndarray]:
    return keras.models.load_model(job.network, compile=False).get_weights()


def test_what_is_made_is_a_model_and_its_history(plain: Job) -> None:
    network = keras.models.load_model(plain.network, compile=False)
    history = plain.history()
    assert history["parameters"] == network.count_params()
    assert history["precision"] == "float32"
    assert history["strategy"] == "one_device, 1 replica: there is one device"
    assert history["hyperparameters"] == {}
    assert {len(column) for column in history["epochs"].values()} == {2}
    assert history["watched"] == "validation"
    assert history["steps_per_epoch"] == 6
    assert history["steps"]["step"] == list(range(1, 13))


def test_the_steps_of_an_epoch_come_to_what_the_epoch_tells(plain: Job) -> None:
    history = plain.history()
    for name, values in history["steps"].items():
        if name != "step":
            means = np.reshape(values, (2, 6)).mean(axis=1)
            np.testing.assert_allclose(means, history["epochs"][name], rtol=1e-5)


def test_the_model_says_what_it_is_for(plain: Job) -> None:
    network = keras.models.load_model(plain.network, compile=False)
    facts = json.loads((plain.model / "assets.extra" / "digits.json").read_text())
    assert facts == {
        "task": "localization",
        "paper": "dark",
        "kind": network.name,
        "parameters": network.count_params(),
        "canvas": {"height": 75, "width": 75, "channels": 1},
        "box": "ink",
        "class_names": [*TEN],
    }


def normalised(pictures: np.ndarray, transform: tft.TFTransformOutput) -> tf.Tensor:
    """Pictures [batch, 75, 75, 1] in [0, 1], as the transform graph normalises them."""
    encoded = [tf.io.encode_png(tf.cast(np.rint(picture * 255), tf.uint8)) for picture in pictures]
    layer = transform.transform_features_layer()
    return layer({features.IMAGE: tf.reshape(tf.stack(encoded), [-1, 1])})["picture"]


def test_the_network_beside_the_model_gives_the_same_answers(
    plain: Job, transform: tft.TFTransformOutput
) -> None:
    network = keras.models.load_model(plain.network, compile=False)
    serve = tf.saved_model.load(str(plain.model)).signatures["serving_tensor"]
    pictures = np.float32(np.random.default_rng(1).integers(0, 256, (4, 75, 75, 1)) / 255)
    answers = serve(image=tf.constant(pictures))
    outputs = network(normalised(pictures, transform))
    np.testing.assert_allclose(
        tf.nn.softmax(outputs["logits"]), answers["probabilities"], atol=1e-4
    )
    boxes = np.clip(outputs["box"], 0, 1)
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2])  # an answer is never inverted
    half_a_pixel = 0.5 / 75  # to which answers are rounded
    np.testing.assert_allclose(boxes, answers["box"], atol=half_a_pixel + 1e-4)


def test_the_same_seed_gives_the_same_weights(plain: Job, new_job: Callable[..., Job]) -> None:
    kind = json.loads(plain.options)["model"]["kind"]
    again = train(new_job(f"model.kind={kind}"))
    for one, other in zip(weights(plain), weights(again), strict=True):
        np.testing.assert_array_equal(one, other)


def test_another_seed_gives_other_weights(new_job: Callable[..., Job]) -> None:
    one, other = (
        train(new_job("model.kind=lab", "training.epochs=1", f"seed={seed}")) for seed in (1, 2)
    )
    assert not np.array_equal(weights(one)[0], weights(other)[0])


def test_hyperparameters_that_were_found_take_the_place_of_the_configs(
    new_job: Callable[..., Job],
) -> None:
    best = {"values": {"learning_rate": 2e-4, "box_weight": 3.0}}
    settings = ("model.kind=lab", "training.epochs=1", "training.schedule=constant")
    job = train(new_job(*settings, hyperparameters=best))
    assert job.history()["hyperparameters"] == best["values"]
    assert job.history()["epochs"]["learning_rate"] == pytest.approx([2e-4])


BFLOAT16 = tf.bfloat16.as_datatype_enum


def test_what_was_trained_in_bfloat16_is_exported_in_float32(
    new_job: Callable[..., Job],
) -> None:
    job = train(new_job("model.kind=lab", "training.epochs=1", "training.precision=bfloat16"))
    assert job.history()["precision"] == "bfloat16"
    network = keras.models.load_model(job.network, compile=False)
    assert {layer.compute_dtype for layer in network.layers} == {"float32"}
    saved = saved_model_pb2.SavedModel.FromString((job.model / "saved_model.pb").read_bytes())
    (meta,) = saved.meta_graphs
    nodes = [
        *meta.graph_def.node,
        *(n for f in meta.graph_def.library.function for n in f.node_def),
    ]
    types = {value.type for node in nodes for value in node.attr.values()}
    assert tf.float32.as_datatype_enum in types
    assert BFLOAT16 not in types
