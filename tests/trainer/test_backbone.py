"""Networks of keras.applications: what they are given, what is trained, where weights are from."""

from pathlib import Path

import keras
import numpy as np
import pytest

from pipeline.config.file import read_config
from tasks.classification.networks import backbone
from trainer.application_input import ApplicationInput
from trainer.backbone_options import NAMES, BackboneOptions
from trainer.pixel_statistics import PixelStatistics
from vocabulary.errors import UserError
from vocabulary.task.options import TaskBase

GREY = PixelStatistics((0.1,), (0.2,))
SMALL = "MobileNet"
TASK = TaskBase(kind="classification")


def options(**keys: object) -> BackboneOptions:
    return BackboneOptions.model_validate({"kind": "backbone", **keys})


def build(*, side: int = 32, **keys: object) -> keras.Model:
    return backbone.build(side, side, 1, task=TASK, options=options(**keys), statistics=GREY)


def test_the_names_are_those_of_keras() -> None:
    there = vars(keras.applications).items()
    assert sorted(NAMES) == sorted(name for name, one in there if name[0].isupper())
    assert all(callable(getattr(keras.applications, name)) for name in NAMES)


def test_transfer_from_vgg16_trains_its_dense_layers_alone() -> None:
    config = read_config(Path("configs/transfer_vgg16.yaml"), ["model.weights=none"])
    canvas = (config.canvas.height, config.canvas.width, config.canvas.channels)
    assert canvas == (32, 32, 3)
    statistics = PixelStatistics((0.1,) * 3, (0.2,) * 3)
    model = backbone.build(*canvas, task=TASK, options=config.model, statistics=statistics)
    trained = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert (model.count_params(), trained) == (15_237_698, 523_010)


@pytest.mark.parametrize("name", ["VGG16", "MobileNetV2", "DenseNet121"])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_network_is_given_pictures_as_its_own_preprocessing_makes_them(
    name: str, channels: int
) -> None:
    own = {"VGG16": "vgg16", "MobileNetV2": "mobilenet_v2", "DenseNet121": "densenet"}
    pictures = np.random.default_rng(1).random((2, 8, 9, channels), np.float32)
    mean, stddev = [0.1, 0.2, 0.3][:channels], [0.4, 0.5, 0.6][:channels]
    layer = ApplicationInput(name, size=(8, 9), mean=mean, stddev=stddev)
    given = layer((pictures - np.float32(mean)) / np.float32(stddev))
    rgb = np.broadcast_to(255.0 * pictures, (2, 8, 9, 3)).copy()
    expected = getattr(keras.applications, own[name]).preprocess_input(rgb)
    np.testing.assert_allclose(given, expected, atol=1e-3)


def test_pictures_are_resized_where_that_is_asked_for() -> None:
    layer = ApplicationInput("MobileNetV2", size=(6, 6), mean=[0.5], stddev=[1.0])
    np.testing.assert_allclose(layer(np.zeros((2, 9, 12, 1))), np.zeros((2, 6, 6, 3)), atol=2e-2)
    assert build(side=28, input=32).get_layer(index=1).output.shape == (None, 32, 32, 3)


@pytest.mark.parametrize("trained", [None, 2, 0, 999])
def test_the_last_layers_with_weights_are_trained(trained: int | None) -> None:
    network = build(name=SMALL, trained=trained).layers[2]
    weighted = [layer for layer in network.layers if layer.weights]
    unfrozen = len(weighted) if trained is None else min(trained, len(weighted))
    expected = [False] * (len(weighted) - unfrozen) + [True] * unfrozen
    assert [layer.trainable for layer in weighted] == expected


def test_a_saved_network_is_the_same(tmp_path: Path) -> None:
    model = build(name=SMALL, dense=[8])
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", compile=False)
    pictures = np.random.default_rng(1).normal(size=(2, 32, 32, 1)).astype(np.float32)
    np.testing.assert_allclose(again(pictures)["logits"], model(pictures)["logits"], atol=1e-6)


def test_weights_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "small.weights.h5"
    source = keras.applications.MobileNet(include_top=False, weights=None, input_shape=(32, 32, 3))
    source.save_weights(file)
    loaded = build(name=SMALL, weights=str(file)).layers[2]
    for mine, its in zip(loaded.get_weights(), source.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)
    with pytest.raises(UserError, match=r"does not hold the weights of MobileNetV2 without its"):
        build(name="MobileNetV2", weights=str(file))


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(UserError, match=r"^model.weights: there is no file /nowhere.h5; name one"):
        build(name=SMALL, weights="/nowhere.h5")


def test_without_a_connection_it_says_where_weights_go(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # where nothing listens
    monkeypatch.setattr("urllib.request._opener", None)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))  # read at its import
    with pytest.raises(UserError) as told:
        build(name="VGG16", weights="imagenet")
    (line,) = str(told.value).splitlines()
    assert "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5 cannot be fetched" in line
    assert f"put it into {tmp_path}/models/, or name the file as model.weights" in line


def test_pictures_too_small_for_a_network_are_refused() -> None:
    with pytest.raises(UserError, match=r"Xception takes no pictures of 32x32.*set model.input$"):
        build(name="Xception")
