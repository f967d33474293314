"""The exported model, loaded both ways that there are, asked in all three."""

import functools
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft
from numpy.typing import NDArray

from pipeline.config.file import read_config
from tests.tasks.networks import build
from trainer.export import export_model
from vocabulary import features
from vocabulary.card import read_card

SIGNATURES = ("serving_default", "serving_examples", "serving_tensor")
INPUTS = {
    "serving_default": "image_bytes",
    "serving_examples": "examples",
    "serving_tensor": "image",
    "card": "asked",
}
TASK = read_config(None).task
Answers = dict[str, NDArray[np.generic]]
Ask = Callable[[str, NDArray[np.generic]], Answers]


@pytest.fixture(scope="module", params=["edge", "lab"])
def exported(
    request: pytest.FixtureRequest,
    transform: tft.TFTransformOutput,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    keras.utils.set_random_seed(7)
    folder = str(tmp_path_factory.mktemp("export") / "model")
    model = build("localization", request.param, height=75, width=75)
    export_model(model, transform, folder, task=TASK, facts={})
    return folder


@functools.cache
def _eagerly(folder: str) -> Ask:
    model = tf.saved_model.load(folder)

    def ask(signature: str, value: NDArray[np.generic]) -> Answers:
        answers = model.signatures[signature](**{INPUTS[signature]: tf.constant(value)})
        return {name: answer.numpy() for name, answer in answers.items()}

    return ask


@functools.cache
def _in_a_session(folder: str) -> Ask:
    """The way TensorFlow Serving and BulkInferrer restore a model."""
    session = tf.compat.v1.Session(graph=tf.Graph())
    with session.graph.as_default():
        meta = tf.compat.v1.saved_model.load(session, ["serve"], folder)

    def ask(signature: str, value: NDArray[np.generic]) -> Answers:
        definition = meta.signature_def[signature]
        fed = {definition.inputs[INPUTS[signature]].name: value}
        return session.run({k: v.name for k, v in definition.outputs.items()}, fed)

    return ask


def _png(serialized: bytes) -> bytes:
    return (
        tf.train.Example.FromString(serialized).features.feature[features.IMAGE].bytes_list.value[0]
    )


def _pixels(png: bytes) -> NDArray[np.uint8]:
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)


@pytest.mark.parametrize("load", [_eagerly, _in_a_session])
def test_all_signatures_agree_on_the_same_pictures(
    exported: str, examples: list[bytes], load: Callable[[str], Ask]
) -> None:
    ask = load(exported)
    pngs = [_png(example) for example in examples[:4]]
    canvases = np.float32([_pixels(png) / 255 for png in pngs])[..., np.newaxis]
    asked = {
        "serving_default": np.array(pngs),
        "serving_examples": np.array(examples[:4]),
        "serving_tensor": canvases,
    }
    answers = {signature: ask(signature, asked[signature]) for signature in SIGNATURES}
    for signature in SIGNATURES:
        assert set(answers[signature]) == {"digit", "probabilities", "box"}
        assert answers[signature]["digit"].dtype == np.int64
        for name, answer in answers[signature].items():
            np.testing.assert_allclose(answer, answers["serving_default"][name], atol=1e-4)
    np.testing.assert_allclose(
        answers["serving_default"]["probabilities"].sum(axis=1), 1, atol=1e-5
    )


def test_both_ways_to_load_agree(exported: str, examples: list[bytes]) -> None:
    pngs = np.array([_png(examples[0])])
    one, other = (load(exported)("serving_default", pngs) for load in (_eagerly, _in_a_session))
    for name in one:
        np.testing.assert_allclose(one[name], other[name], atol=1e-5)


@pytest.mark.parametrize("load", [_eagerly, _in_a_session])
def test_the_model_tells_its_card_as_it_lies_beside_it(
    exported: str, load: Callable[[str], Ask]
) -> None:
    told = load(exported)("card", np.array([b"", b""]))["card"]
    assert [json.loads(one) for one in told] == [read_card(Path(exported))] * 2
    assert read_card(Path(exported))["paper"] == "dark"


def _variants(grey: NDArray[np.uint8]) -> dict[str, bytes]:
    def encode(pixels: NDArray[np.generic], extension: str = ".png") -> bytes:
        written, buffer = cv2.imencode(extension, pixels)
        assert written
        return bytes(buffer)

    return {
        "rgb": encode(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)),
        "rgba": encode(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGRA)),
        "16 bit": encode(grey.astype(np.uint16) * 257),
        "jpeg": encode(grey, ".jpg"),
        "twice the size": encode(cv2.resize(grey, None, fx=2, fy=2, interpolation=0)),
    }


@pytest.mark.parametrize("variant", ["rgb", "rgba", "16 bit", "jpeg", "twice the size"])
def test_the_same_picture_in_another_form_gets_the_same_answer(
    exported: str, examples: list[bytes], variant: str
) -> None:
    grey = cv2.GaussianBlur(_pixels(_png(examples[0])), (0, 0), 1)
    png = bytes(cv2.imencode(".png", grey)[1])
    asked = np.array([png, _variants(grey)[variant]])
    box, other = _eagerly(exported)("serving_default", asked)["box"]
    np.testing.assert_allclose(other, box, atol=0.02)


def test_a_box_is_told_in_the_coordinates_of_the_picture_sent(
    exported: str, examples: list[bytes]
) -> None:
    grey = _pixels(_png(examples[0]))
    wide = np.pad(grey, ((0, 0), (0, 75)))
    wide_png = bytes(cv2.imencode(".png", wide)[1])
    fitted = np.pad(cv2.resize(wide, (75, 38), interpolation=cv2.INTER_AREA), ((18, 19), (0, 0)))
    fitted_png = bytes(cv2.imencode(".png", fitted)[1])
    asked = np.array([wide_png, fitted_png])
    in_wide, in_fitted = _eagerly(exported)("serving_default", asked)["box"]
    ymin, ymax = 18 / 75, 56 / 75
    expected = [
        in_fitted[0],
        (in_fitted[1] - ymin) / (ymax - ymin),
        in_fitted[2],
        (in_fitted[3] - ymin) / (ymax - ymin),
    ]
    np.testing.assert_allclose(in_wide, np.clip(expected, 0, 1), atol=0.05)


@pytest.mark.parametrize("load", [_eagerly, _in_a_session])
def test_a_canvas_beyond_black_and_white_is_cut_off(
    exported: str, load: Callable[[str], Ask]
) -> None:
    random = np.random.default_rng(3)
    # Bytes taken for shares of white, and worse: of sums of such values, boxes were inverted.
    beyond = random.uniform(-300, 300, (16, 75, 75, 1)).astype(np.float32)
    answers = load(exported)("serving_tensor", np.concatenate([beyond, np.clip(beyond, 0, 1)]))
    for answer in answers.values():
        np.testing.assert_allclose(answer[:16], answer[16:], atol=1e-5)


@pytest.mark.parametrize("load", [_eagerly, _in_a_session])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_canvas_that_is_not_finite_is_refused(
    exported: str, load: Callable[[str], Ask], value: float
) -> None:
    canvases = np.zeros((2, 75, 75, 1), np.float32)
    canvases[1, 40, 40] = value
    with pytest.raises(tf.errors.InvalidArgumentError, match="image must be finite"):
        load(exported)("serving_tensor", canvases)


class _Inverted(keras.layers.Layer):
    """A box whose corners are the wrong way round."""

    def call(self, flat: tf.Tensor) -> tf.Tensor:
        return flat[:, :4] * 0 + [0.8, 0.2, 0.4, 0.6]


def test_a_box_is_never_inverted(transform: tft.TFTransformOutput, tmp_path: Path) -> None:
    picture = keras.Input((75, 75, 1))
    flat = keras.layers.Flatten()(picture)
    outputs = {"logits": keras.layers.Dense(10)(flat), "box": _Inverted()(flat)}
    folder = str(tmp_path / "model")
    export_model(keras.Model(picture, outputs), transform, folder, task=TASK, facts={})
    answers = _eagerly(folder)("serving_tensor", np.zeros((1, 75, 75, 1), np.float32))
    np.testing.assert_allclose(answers["box"], [[0.8, 0.2, 0.8, 0.6]], atol=1e-6)


def test_a_corrupt_picture_is_refused_by_name(exported: str, examples: list[bytes]) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="PNG"):
        _eagerly(exported)("serving_default", np.array([_png(examples[0])[:300]]))
