"""Weights depend on the seed alone."""

import random
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from tasks.localization.networks import lab
from trainer.seed import seeded
from vocabulary.task.options import TaskBase


@pytest.fixture
def draws_elsewhere() -> Iterator[None]:
    """A thread that draws from Python's global generator all the time."""
    over = threading.Event()

    def draw() -> None:
        while not over.is_set():
            random.random()

    thread = threading.Thread(target=draw)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.mark.usefixtures("draws_elsewhere")
def test_weights_depend_on_the_seed_alone_whatever_other_threads_draw() -> None:
    def weights(seed: int) -> np.ndarray:
        with seeded(seed):
            return np.concatenate(
                [
                    w.ravel()
                    for w in lab.build(30, 30, 1, task=TaskBase(kind="localization")).get_weights()
                ]
            )

    np.testing.assert_array_equal(weights(1), weights(1))
    assert not np.array_equal(weights(1), weights(2))
