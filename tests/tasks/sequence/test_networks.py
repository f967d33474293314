"""The networks: how large they are, what they give, and what trains them."""

import subprocess
import sys

import numpy as np
import pytest

from tasks.sequence.losses import cross_entropy
from tasks.sequence.number import LENGTHS, LONGEST
from tests.tasks.networks import build
from vocabulary.task.find import network_names

PINNED = {
    "columns": (28, 140, 1, 541_531),
    "strip": (28, 140, 1, 2_701_334),
    "street": (54, 54, 3, 23_405_710),
}


def test_the_number_of_parameters_is_pinned() -> None:
    assert set(PINNED) == set(network_names("sequence"))
    for kind, (height, width, channels, parameters) in PINNED.items():
        model = build("sequence", kind, height=height, width=width, channels=channels)
        assert (kind, model.count_params()) == (kind, parameters)


@pytest.mark.parametrize("kind", ["columns", "strip"])
def test_outputs_have_their_shapes_on_any_canvas(kind: str) -> None:
    model = build("sequence", kind, height=33, width=70, channels=3, classes="abc")
    outputs = model(np.zeros((2, 33, 70, 3), np.float32))
    shapes = {name: tuple(value.shape) for name, value in outputs.items()}
    assert shapes == {"length": (2, LENGTHS), "digits": (2, LONGEST, 4)}


def test_the_loss_is_how_improbable_the_number_is() -> None:
    random = np.random.default_rng(0)
    probabilities = random.dirichlet([1.0] * 11, (4, LONGEST))
    true = random.integers(0, 11, (4, LONGEST))
    chosen = np.take_along_axis(probabilities, true[..., np.newaxis], axis=-1)
    logits = np.log(probabilities).astype(np.float32)
    loss = cross_entropy(true, logits, smoothing=0.0)
    np.testing.assert_allclose(loss, -np.log(chosen).sum(axis=(1, 2)), rtol=1e-4)
    none_is_last = cross_entropy(np.where(true == 10, -1, true), logits, smoothing=0.0)
    np.testing.assert_array_equal(loss, none_is_last)
    of_length = cross_entropy(true[:, 0], logits[:, 0], smoothing=0.0)
    np.testing.assert_allclose(of_length, -np.log(chosen[:, 0, 0]), rtol=1e-4)


def test_how_it_is_trained_registers_layers_that_a_champion_is_read_with() -> None:
    """In a process that has built no network."""
    script = (
        "import keras\n"
        "from vocabulary.task.find import task_part\n"
        "task_part('sequence', 'training')\n"
        "for name in ('ReadingOrder', 'Crop', 'BatchNormalization'):\n"
        "    assert keras.saving.get_registered_object(f'digits>{name}'), name\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
