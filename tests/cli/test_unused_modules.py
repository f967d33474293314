"""What a run does not load when it starts, and that it is still there for those that ask."""

import subprocess
import sys

import pytest

UNUSED = {
    "IPython", "ipywidgets", "jedi", "keras", "keras_tuner", "kubernetes", "matplotlib", "nltk",
    "pymongo", "sklearn",
}  # fmt: skip
SCRIPT = """
import sys
from cli.unused_modules import leave_out_unused_modules
leave_out_unused_modules()
import pipeline.run.run
print(*sorted(name for name in sys.modules if "." not in name))
import keras
import tensorflow_model_analysis as tfma
from tfx.components.tuner.component import Tuner
print(keras.ops.shape(keras.layers.Dense(2)(keras.ops.ones([1, 3]))), Tuner.__name__)
print(tfma.load_eval_result.__name__)
"""


@pytest.mark.slow
def test_a_run_loads_no_library_that_it_does_not_use() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded, *later = done.stdout.splitlines()
    assert {"tensorflow", "tfx", "apache_beam", "tensorflow_model_analysis"} <= {*loaded.split()}
    assert {*loaded.split()} & UNUSED == set()
    assert later == ["(1, 2) Tuner", "load_eval_result"]
    assert "Error importing" not in done.stderr
