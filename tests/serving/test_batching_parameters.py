"""The file of TensorFlow Serving."""

from pathlib import Path

import pytest

from serving.batching_parameters import read_batching_parameters
from serving.options import CORES, BatchingParameters
from vocabulary.errors import UserError

FOLDER = Path(__file__).parents[2] / "serving"


def read(tmp_path: Path, text: str) -> BatchingParameters:
    path = tmp_path / "batching.config"
    path.write_text(text)
    return read_batching_parameters(path)


def test_the_file_of_the_container_is_read() -> None:
    parameters = read_batching_parameters(FOLDER / "config" / "batching.config")
    assert parameters == BatchingParameters(
        max_batch_size=1000,
        batch_timeout_micros=1000,
        max_enqueued_batches=64,
        enable_large_batch_splitting=True,
        max_execution_batch_size=32,
    )


def test_every_field_of_the_message_is_known(tmp_path: Path) -> None:
    text = """
        max_batch_size { value: 128 }
        batch_timeout_micros { value: 0 }
        max_enqueued_batches { value: 1000000 }
        num_batch_threads { value: 8 }
        thread_pool_name { value: "a name" }
        allowed_batch_sizes: 64
        allowed_batch_sizes: 128
        pad_variable_length_inputs: true
        enable_large_batch_splitting { value: false }
        max_execution_batch_size { value: 64 }
    """
    assert read(tmp_path, text) == BatchingParameters(
        max_batch_size=128,
        max_enqueued_batches=1_000_000,
        num_batch_threads=8,
        allowed_batch_sizes=(64, 128),
        enable_large_batch_splitting=False,
        max_execution_batch_size=64,
    )
    assert read(tmp_path, text).batch_size == 128


def test_omitted_fields_have_the_defaults_of_tensorflow_serving(tmp_path: Path) -> None:
    assert read(tmp_path, "") == BatchingParameters(
        max_batch_size=1000,
        max_enqueued_batches=10,
        num_batch_threads=CORES,
        enable_large_batch_splitting=False,
        max_execution_batch_size=1000,
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("max_batch_size: 32", "cannot be read"),
        ("max_size { value: 32 }", 'no field named "max_size"'),
        ("max_batch_size { value: 0 }", "max_batch_size must be at least 1, not 0"),
        ("num_batch_threads { value: -1 }", "num_batch_threads must be at least 1"),
        ("batch_timeout_micros { value: -1 }", "batch_timeout_micros must not be negative"),
        ("allowed_batch_sizes: 4 allowed_batch_sizes: 2", "must increase"),
        (
            "max_batch_size { value: 8 } allowed_batch_sizes: 4",
            "must be the size of a batch, 8, not 4",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        read(tmp_path, text)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.config cannot be read: No such file"):
        read_batching_parameters(tmp_path / "none.config")
