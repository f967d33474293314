"""The U-Net answers for every pixel of any canvas, with either padding."""

from pathlib import Path

import keras
import numpy as np
import pytest

from tasks.segmentation.networks import unet
from tasks.segmentation.options import TaskOptions

TASK = TaskOptions(kind="segmentation")


def build(rows: int, across: int, channels: int = 1, **keys: object) -> keras.Model:
    options = unet.Options.model_validate({"kind": "unet", "width": 2, **keys})
    return unet.build(rows, across, channels, task=TASK, options=options, statistics=None)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(("height", "width"), [(28, 140), (33, 47), (64, 64)])
@pytest.mark.parametrize("depth", [1, 3])
def test_there_is_an_answer_for_each_pixel(
    padding: str, height: int, width: int, depth: int
) -> None:
    network = build(height, width, padding=padding, depth=depth)
    assert network.output["mask"].shape == (None, height, width, 1)


def test_the_network_of_the_paper_has_its_size() -> None:
    # With biases in the place of batch normalisation, and two classes: 31,030,658 parameters.
    network = build(28, 28, depth=4, width=64)
    filters = 2 * (64 + 128 + 256 + 512 + 1024 + 512 + 256 + 128 + 64)
    normalisation = 4 * filters
    assert network.count_params() - normalisation + filters == 31_030_658 - 65


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_it_is_saved_and_read_back(padding: str, tmp_path: Path) -> None:
    network = build(30, 31, padding=padding, depth=2)
    network.save(tmp_path / "network.keras")
    again = keras.models.load_model(tmp_path / "network.keras")
    pictures = np.random.default_rng(0).normal(size=(2, 30, 31, 1)).astype(np.float32)
    assert np.array_equal(network(pictures)["mask"], again(pictures)["mask"])
