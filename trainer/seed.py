"""The seed of a network's weights and of its dropout."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import keras
from keras.src.random import seed_generator


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seeds all randomness, and has layers that are built in the block depend on the seed alone.

    Keras draws the seed of each layer from Python's global generator, where every other thread of
    the process draws too: one number more and all weights differ. It has no public way to give it
    another generator.
    """
    keras.utils.set_random_seed(seed)
    shared = seed_generator.python_random
    seed_generator.python_random = random.Random(seed)
    try:
        yield
    finally:
        seed_generator.python_random = shared
