"""Weights depend on the seed alone."""

import random
import threading

import numpy as np
import pytest

from tasks.localization.networks import lab
from trainer.seed import seeded


@pytest.fixture
def draws_elsewhere(request: pytest.FixtureRequest) -> None:
    """A thread that draws from Python's global generator all the time."""
    over = threading.Event()

    def draw() -> None:
        while not over.is_set():
            random.random()

    thread = threading.Thread(target=draw)
    thread.start()

    def stop() -> None:
        over.set()
        thread.join()

    request.addfinalizer(stop)


@pytest.mark.usefixtures("draws_elsewhere")
def test_weights_depend_on_the_seed_alone_whatever_other_threads_draw() -> None:
    def weights(seed: int) -> np.ndarray:
        with seeded(seed):
            return lab.build(30, 30, 1).get_weights()[0]

    np.testing.assert_array_equal(weights(1), weights(1))
    assert not np.array_equal(weights(1), weights(2))
