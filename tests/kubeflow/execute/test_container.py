"""Commands in processes of their own: what they print, why they fail, what ends them."""

import signal
from pathlib import Path

import pytest

from kubeflow.execute.container import StepFailedError, reason, run_container

CALENDAR = ("python", "-m", "calendar")


def test_what_a_command_prints_is_in_its_log(tmp_path: Path) -> None:
    log = tmp_path / "t.log"
    for year in ("2023", "2024"):
        run_container("t", [*CALENDAR, year], {"PYTHONUTF8": "1"}, log=log)
    assert "2023" in log.read_text()
    assert "2024" in log.read_text()


def test_command_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError, match=r"error: unrecognized arguments: --wrong$") as it:
        run_container("t", [*CALENDAR, "--wrong"], {}, log=tmp_path / "t.log")
    assert it.value.task == "t"


@pytest.mark.parametrize(
    ("status", "log", "sentence"),
    [
        (1, "noise\ndigits: the disk is full\nmake room\n", "the disk is full\nmake room"),
        (1, "digits: first\nTraceback\ndigits: second", "second"),
        (1, "Traceback\nValueError: no\n\n", "ValueError: no"),
        (1, "", "it ended with status 1 and printed nothing"),
        (-signal.SIGKILL, "digits: older", "it was ended by SIGKILL"),
    ],
)
def test_reason_is_the_last_sentence(status: int, log: str, sentence: str) -> None:
    assert reason(status, log) == sentence
