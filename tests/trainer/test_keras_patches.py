"""Keras' faults under several workers: each patch is needed as long as this passes.

Where a test here fails because Keras fits without one, take the patch out of
`trainer/keras_patches.py`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trainer.training_process import free_ports

pytestmark = pytest.mark.slow

PATIENCE_S = 120
SCRIPT = """
import sys
import keras
import tensorflow as tf
from trainer.keras_patches import build_from_shapes, give_logs_an_axis

with tf.distribute.MultiWorkerMirroredStrategy().scope():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("sgd", loss="mse", metrics=["mae"])
data = tf.data.Dataset.from_tensor_slices((tf.ones([8, 3]), tf.ones([8, 2])))
data = data.batch(4, drop_remainder=True)
options = tf.data.Options()
options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
data = data.with_options(options)
if "build" in sys.argv:
    build_from_shapes(model, data)
if "axis" in sys.argv:
    give_logs_an_axis(model)
try:
    model.fit(data, verbose=0, shuffle=False)
    print("fitted")
except ValueError as error:
    print("refused:", error)
"""


def fit_on_two_workers(*patches: str, log: Path) -> list[str]:
    """What each of two workers prints of a fit with some of the patches."""
    cluster = {"worker": [f"localhost:{port}" for port in free_ports(2)]}
    processes = []
    for index in range(2):
        task = {"cluster": cluster, "task": {"type": "worker", "index": index}}
        with (log / str(index)).open("w") as output:
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-c", SCRIPT, *patches],
                    env={**os.environ, "TF_CONFIG": json.dumps(task)},
                    stdout=output,
                    stderr=subprocess.DEVNULL,
                )
            )
    try:
        for process in processes:
            process.wait(PATIENCE_S)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    return [(log / str(index)).read_text() for index in range(2)]


def test_with_both_patches_keras_fits(tmp_path: Path) -> None:
    assert fit_on_two_workers("build", "axis", log=tmp_path) == ["fitted\n"] * 2


@pytest.mark.parametrize(
    ("patches", "fault"),
    [
        (("axis",), "with an unsupported type"),
        (("build",), "Invalid reduction dimension 0 for input with 0 dimensions"),
    ],
)
def test_without_one_of_them_keras_does_not(
    patches: tuple[str, ...], fault: str, tmp_path: Path
) -> None:
    for printed in fit_on_two_workers(*patches, log=tmp_path):
        assert printed.startswith("refused:")
        assert fault in printed
