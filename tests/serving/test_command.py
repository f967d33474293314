"""What the serving commands load before they answer."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from serving.command import lean_imports
with lean_imports():
    import serving.server
    import serving.local_model
print(*{"keras", "tf_keras", "sklearn", "pandas", "matplotlib", "tfx"} & set(sys.modules))
import keras
import tensorflow as tf
print(keras.ops.shape(tf.keras.layers.Dense(2)(tf.ones([1, 3]))))
"""


@pytest.mark.slow
@pytest.mark.parametrize("legacy", ["0", "1"])
def test_serving_loads_no_keras_and_leaves_it_to_be_loaded(legacy: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "TF_USE_LEGACY_KERAS": legacy},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded, shape = done.stdout.splitlines()
    assert loaded == ""
    assert shape == "(1, 2)"
