"""How a component's failure is explained."""

from pathlib import Path

import apache_beam as beam
import pytest
import tensorflow as tf
from ml_metadata.errors import InternalError

from pipeline.run.failure import disk_space_hint, explain_failure
from vocabulary.errors import UserError


def raised(error: Exception, *, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except Exception as caught:
        return caught


def test_a_user_error_is_shown_as_it_is() -> None:
    assert explain_failure(UserError("source.dir is empty; fill it")) == (
        "source.dir is empty; fill it"
    )


@pytest.mark.parametrize("error", [ValueError("not in tuple"), KeyError("x"), OSError("odd")])
def test_an_error_that_is_not_for_users_is_shown_with_its_type(error: Exception) -> None:
    assert explain_failure(error) == f"{error} ({type(error).__name__})"


def test_the_deepest_cause_is_shown() -> None:
    middle = raised(RuntimeError("wrapped"), cause=OSError(28, "No space left on device"))
    outer = raised(Exception("wrapped again"), cause=middle)
    assert explain_failure(outer) == "[Errno 28] No space left on device (OSError)"


def test_unexpected_error_is_named_and_cut_to_a_line() -> None:
    error = TypeError("unsupported operand\nsecond line\nthird line")
    assert explain_failure(error) == "unsupported operand (TypeError)"


@pytest.mark.parametrize("error", [ValueError(), RuntimeError("  \n ")])
def test_error_without_a_message_is_said_to_have_none(error: Exception) -> None:
    assert explain_failure(error) == f"it gave no reason ({type(error).__name__})"


def test_table_of_anomalies_stays_whole() -> None:
    table = "the examples break the schema in 2 ways:\n  train  a\n  eval   b"
    assert explain_failure(UserError(table)) == table


def test_step_that_beam_was_in_is_left_out() -> None:
    def fail(element: int) -> int:
        raise UserError(f"{element} cannot be drawn")

    with pytest.raises(UserError, match="while running") as caught, beam.Pipeline() as pipeline:
        _ = pipeline | beam.Create([7]) | "Draw" >> beam.Map(fail)
    assert explain_failure(caught.value) == "7 cannot be drawn"


def test_error_whose_name_beam_put_in_the_text_is_told_as_itself() -> None:
    error = RuntimeError(
        "tensorflow.python.framework.errors_impl.ResourceExhaustedError: /a/b; No space left on "
        "device [while running 'Write[train]/Write']"
    )
    assert explain_failure(error) == "/a/b; No space left on device (ResourceExhaustedError)"


def test_last_error_speaks_of_a_traceback_that_beam_brings_from_a_worker() -> None:
    error = RuntimeError(
        "Traceback (most recent call last):\n"
        '  File "mnist.py", line 7, in _download\n'
        "    raise URLError(err)\n"
        "urllib.error.URLError: <urlopen error>\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        "Traceback (most recent call last):\n"
        '  File "mnist.py", line 9, in _download\n'
        "    raise UserError(\n"
        "vocabulary.errors.UserError: digits has no file (<urlopen error>); put it there "
        "[while running 'Draw']\n\n"
    )
    assert explain_failure(error) == "digits has no file (<urlopen error>); put it there"


def test_operation_that_tensorflow_was_in_is_left_out() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        tf.io.decode_png(b"no picture")
    assert "function_node" in str(caught.value)
    message = explain_failure(caught.value)
    assert "function_node" not in message
    assert "[Op:" not in message
    assert message.endswith("(InvalidArgumentError)")


def test_sql_is_left_out() -> None:
    message = "Error when executing query: disk is full query: INSERT INTO `Artifact`\n()"
    assert explain_failure(RuntimeError(message)) == "disk is full (RuntimeError)"


def test_transaction_that_a_full_disk_rolled_back_names_the_disk() -> None:
    error = InternalError("cannot commit - no transaction is active")
    assert explain_failure(error) == (
        "the database rolled back what was written, as it does where the disk is full "
        "(InternalError)"
    )


def test_a_user_error_hides_what_caused_it() -> None:
    mistake = raised(UserError("the folder is empty; fill it"), cause=OSError(111, "refused"))
    assert explain_failure(raised(RuntimeError("x"), cause=mistake)) == (
        "the folder is empty; fill it"
    )


def test_a_nearly_full_disk_is_mentioned(tmp_path: Path) -> None:
    assert disk_space_hint(tmp_path) == ""
    full = Path("/proc")  # a file system that never has room
    assert disk_space_hint(full) == (
        "; only 0.0 MB are free on the disk that holds /proc: make room there"
    )
