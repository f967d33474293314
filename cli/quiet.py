"""Loads TensorFlow without what it says of itself."""

import contextlib
import logging
import os
from collections.abc import Iterator


@contextlib.contextmanager
def quiet_imports() -> Iterator[None]:
    """Within the context, TensorFlow and Beam are loaded without a word, and without Keras."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from serving.command import lean_imports

    with lean_imports():
        import tensorflow as tf

        tf.get_logger().setLevel("ERROR")
    root = logging.getLogger()
    kept = root.level
    root.setLevel(logging.ERROR)  # Beam warns there of what it cannot measure
    try:
        yield
    finally:
        root.setLevel(kept)
