"""Asks a LiteRT file, as a phone would: on one core, with TensorFlow's own interpreter."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vocabulary.signatures import IMAGE, TENSOR


class Interpreter:
    """A LiteRT file that answers for one canvas at a time."""

    def __init__(self, file: Path):
        """Loads a file that `convert` wrote."""
        with warnings.catch_warnings():
            # The interpreter goes on as a package of its own, ai-edge-litert, which the lock lacks.
            warnings.filterwarnings(
                "ignore", message=r"\s*Warning: tf.lite.Interpreter is deprecated"
            )
            interpreter = tf.lite.Interpreter(str(file), num_threads=1)
        self._runner = interpreter.get_signature_runner(TENSOR)

    def ask(self, canvases: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
        """The outputs by name, [n, ...], for float32 [n, height, width, channels] in [0, 1]."""
        answers = [self._runner(**{IMAGE: one[np.newaxis]}) for one in canvases]
        return {name: np.concatenate([one[name] for one in answers]) for name in answers[0]}
