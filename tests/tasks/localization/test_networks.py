"""The networks: their size, their outputs, and that they learn."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from tasks.localization import training
from tasks.localization.layers.glimpse import Glimpse, OutOfWindow, Widen
from tasks.localization.layers.integral_box import IntegralBox
from tasks.localization.layers.normalization import BatchNormalization
from tasks.localization.networks import two_branch
from tests.tasks.networks import build
from trainer.network import find_network
from vocabulary.task.find import network_names

NETWORKS = network_names("localization")


@pytest.mark.parametrize(("kind", "parameters"), [("lab", 426_638), ("edge", 456_562)])
def test_the_number_of_parameters_is_pinned(kind: str, parameters: int) -> None:
    model = build("localization", kind, height=75, width=75)
    assert model.count_params() == parameters


def test_two_branches_have_the_published_number_of_parameters_on_their_canvas() -> None:
    assert two_branch.build(100, 100, 3, classes=3).count_params() == 210_367
    assert two_branch.build(100, 100, 3).count_params() == 210_367 + 7 * (84 + 1)


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("canvas", [(75, 75, 1), (64, 96, 3), None])
def test_outputs_have_their_shapes_on_any_canvas(
    kind: str, canvas: tuple[int, int, int] | None
) -> None:
    smallest = find_network("localization", kind).SMALLEST
    canvas = canvas or (smallest + 5, smallest, 1)
    height, width, channels = canvas
    model = build("localization", kind, height=height, width=width, channels=channels)
    outputs = model(np.zeros((2, *canvas), np.float32))
    assert outputs["logits"].shape == (2, 10)
    assert outputs["box"].shape == (2, 4)
    assert set(outputs) <= set(training.TARGETS)


def test_a_config_is_read_and_a_network_checked_without_keras() -> None:
    """All networks, in a process that has imported nothing yet."""
    script = (
        "import sys\n"
        "from pipeline.config.file import read_config\n"
        "from vocabulary.task.find import network_names, task_part\n"
        "read_config(None)\n"
        "for name in network_names('localization'):\n"
        "    assert task_part('localization', f'networks.{name}').SMALLEST >= 28\n"
        "assert not {'keras', 'tensorflow', 'numpy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("kind", ["edge", "lab"])
def test_training_steps_on_one_batch_lower_the_loss(kind: str, configure) -> None:
    keras.utils.set_random_seed(1)
    task = configure().task
    model = build("localization", kind, height=75, width=75)
    random = np.random.default_rng(1)
    pictures = random.normal(size=(8, 75, 75, 1)).astype(np.float32)
    targets = {"digit": np.arange(8), "box": np.float32([[0.2, 0.3, 0.5, 0.7]] * 8)}
    y = {name: targets[training.TARGETS[name]] for name in model.output_names}
    model.compile("adam", loss=training.build_losses(task, model.output_names))
    first = model.train_on_batch(pictures, y)[0]
    for _ in range(5):
        last = model.train_on_batch(pictures, y)[0]
    assert last < first


def test_integral_box_reads_off_where_the_evidence_is() -> None:
    maps = np.full((1, 11, 21, 4), -30, np.float32)
    for edge, (row, column) in enumerate([(5, 4), (2, 10), (5, 16), (8, 10)]):
        maps[0, row, column, edge] = 30
    np.testing.assert_allclose(IntegralBox()(maps), [[0.2, 0.2, 0.8, 0.8]], atol=1e-5)


def test_integral_box_without_evidence_is_in_the_middle() -> None:
    box = IntegralBox()(np.zeros((1, 5, 7, 4), np.float32))
    np.testing.assert_allclose(box, [[0.5, 0.5, 0.5, 0.5]], atol=1e-6)


def test_a_glimpse_of_the_whole_at_its_own_size_is_the_picture() -> None:
    pictures = np.random.default_rng(0).random((2, 24, 24, 3), np.float32)
    whole = np.float32([[0, 0, 1, 1]] * 2)
    np.testing.assert_allclose(Glimpse(24)(pictures, whole), pictures, atol=1e-5)


def test_a_glimpse_on_pixel_edges_is_a_crop() -> None:
    pictures = np.random.default_rng(0).random((1, 40, 60, 1), np.float32)
    window = np.float32([[6 / 60, 4 / 40, 26 / 60, 24 / 40]])
    np.testing.assert_allclose(Glimpse(20)(pictures, window), pictures[:, 4:24, 6:26], atol=1e-5)


def test_a_glimpse_half_the_size_averages() -> None:
    pictures = np.ones((1, 40, 40, 1), np.float32)
    inside = Glimpse(20)(pictures, np.float32([[0, 0, 1, 1]]))[:, 1:-1, 1:-1]
    np.testing.assert_allclose(inside, np.ones_like(inside), atol=1e-5)


def test_a_glimpse_beyond_the_border_is_zero() -> None:
    pictures = np.ones((1, 20, 20, 1), np.float32)
    glimpse = np.asarray(Glimpse(20)(pictures, np.float32([[1.2, 0, 2.2, 1]])))
    assert np.abs(glimpse).max() == 0


def test_a_window_is_the_box_and_its_margin() -> None:
    boxes = np.float32([[0.2, 0.4, 0.4, 0.8], [0.6, 0.6, 0.5, 0.7]])
    np.testing.assert_allclose(
        Widen(share=0.1, least=0.01)(boxes),
        [[0.17, 0.35, 0.43, 0.85], [0.59, 0.58, 0.61, 0.72]],
        atol=1e-6,
    )


def test_out_of_window_finds_the_way_back() -> None:
    inside = np.float32([[0, 0.5, 1, 1]])
    window = np.float32([[0.2, 0.4, 0.6, 0.8]])
    np.testing.assert_allclose(OutOfWindow()(inside, window), [[0.2, 0.6, 0.6, 0.8]], atol=1e-6)


def test_batch_normalization_is_as_in_keras() -> None:
    """Outputs, gradients and what is remembered, in training; outputs after it."""
    inputs = keras.ops.convert_to_tensor(
        np.random.default_rng(0).normal(3.0, 2.0, size=(8, 5, 6, 4)).astype(np.float32)
    )
    ours, theirs = (
        kind(momentum=0.9) for kind in (BatchNormalization, keras.layers.BatchNormalization)
    )
    seen = []
    for layer in (ours, theirs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs, training=True)
            loss = tf.reduce_sum(outputs**3)
        gradients = tape.gradient(loss, [inputs, *layer.trainable_variables])
        seen.append([outputs, *gradients, *layer.non_trainable_variables, layer(inputs)])
    for our, their in zip(*seen, strict=True):
        np.testing.assert_allclose(our, their, rtol=2e-2, atol=2e-3)
