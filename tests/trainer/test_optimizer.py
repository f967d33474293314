"""The learning rate by step, and what decays."""

import keras
import numpy as np
import pytest

from tests.tasks.networks import build
from trainer.optimizer import build_optimizer, build_schedule


def test_cosine_warms_up_peaks_and_ends_at_0(configure) -> None:
    training = configure("training.learning_rate=0.01", "training.warmup=0.1").training
    schedule = build_schedule(training, steps=100)
    assert float(schedule(0)) == pytest.approx(0)
    assert float(schedule(5)) == pytest.approx(0.005)
    assert float(schedule(10)) == pytest.approx(0.01)
    assert float(schedule(55)) == pytest.approx(0.005, rel=1e-3)
    assert float(schedule(100)) == pytest.approx(0, abs=1e-6)


def test_cosine_without_warmup_starts_at_the_top(configure) -> None:
    training = configure("training.learning_rate=0.01", "training.warmup=0").training
    assert float(build_schedule(training, steps=10)(0)) == pytest.approx(0.01)


def test_a_constant_rate_stays(configure) -> None:
    training = configure("training.schedule=constant", "training.learning_rate=0.5").training
    assert build_schedule(training, steps=10) == 0.5


@pytest.mark.parametrize(
    ("name", "class_name"), [("adam", "Adam"), ("adamw", "AdamW"), ("muon", "ConvolutionMuon")]
)
def test_the_optimizer_is_the_one_named(configure, name: str, class_name: str) -> None:
    training = configure(f"training.optimizer={name}").training
    assert type(build_optimizer(training, steps=10)).__name__ == class_name


def shrunk(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> dict[str, np.ndarray]:
    """What is left of each weight, as a share, after a step whose gradients are all 0."""
    weights = model.trainable_variables
    for weight in weights:
        weight.assign(np.ones(weight.shape, np.float32))
    optimizer.apply([np.zeros(weight.shape, np.float32) for weight in weights], weights)
    return {weight.path: np.array(weight) for weight in weights}


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
@pytest.mark.parametrize("kind", ["edge", "lab"])
def test_weights_decay_and_biases_and_normalisation_do_not(
    configure, kind: str, optimizer: str
) -> None:
    model = build("localization", kind, height=40, width=40)
    settings = (f"training.optimizer={optimizer}", "training.schedule=constant")
    training = configure(
        *settings, "training.learning_rate=0.5", "training.weight_decay=0.1"
    ).training
    left = shrunk(model, build_optimizer(training, steps=10))
    names = {path.rpartition("/")[2] for path in left}
    assert {"kernel", "bias"} <= names
    for path, values in left.items():
        decays = path.rpartition("/")[2] not in ("bias", "gamma", "beta")
        np.testing.assert_allclose(values, 0.95 if decays else 1.0, rtol=1e-6, err_msg=path)
        assert decays == (values.ndim > 1), path


def test_adam_lets_nothing_decay(configure) -> None:
    model = build("localization", "lab", height=40, width=40)
    training = configure("training.optimizer=adam", "training.weight_decay=0.1").training
    for path, values in shrunk(model, build_optimizer(training, steps=10)).items():
        np.testing.assert_array_equal(values, 1.0, err_msg=path)


def test_muon_moves_a_kernel_as_far_in_all_directions(configure) -> None:
    """The first step, however uneven the gradient, is of the size that Liu et al. give."""
    random = np.random.default_rng(0)
    kernel = keras.Variable(np.zeros((3, 3, 8, 16), np.float32))
    gradient = (random.normal(size=(72, 16)) * np.geomspace(1, 30, 16)).reshape(kernel.shape)
    training = configure(
        "training.optimizer=muon", "training.schedule=constant", "training.learning_rate=0.1"
    ).training
    build_optimizer(training, steps=10).apply([gradient.astype(np.float32)], [kernel])
    sizes = np.linalg.svd(-np.array(kernel).reshape(72, 16), compute_uv=False)
    np.testing.assert_allclose(sizes / (0.1 * 0.2 * 72**0.5), 1.0, atol=0.35)
