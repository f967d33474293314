"""How a command ends after an error: one sentence and an exit status."""

import errno
import os

import pytest
import typer

from cli import failures
from cli.failures import sentences
from vocabulary.errors import UserError


@pytest.fixture(autouse=True)
def signals_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "take_signals", lambda: None)


def ended(error: BaseException) -> int:
    with pytest.raises(typer.Exit) as end, sentences():
        raise error
    return int(end.value.exit_code)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "no space left: make room on the disk that holds /a/b, and run again"),
        (errno.EACCES, "/a/b cannot be used: Permission denied; make it writable, and run again"),
        (errno.ENOTDIR, "/a/b cannot be used: Not a directory"),
    ],
)
def test_an_error_of_the_system_is_a_sentence_that_fits_it(
    number: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(OSError(number, os.strerror(number), "/a/b")) == 1
    assert capsys.readouterr().err == f"digits: {sentence}\n"


def test_a_user_error_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(UserError("there is no run x; name another")) == 1
    assert capsys.readouterr().err == "digits: there is no run x; name another\n"


def test_an_interrupt_has_a_status_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err.startswith("digits: interrupted; ")


def test_any_other_error_is_left_to_python() -> None:
    with pytest.raises(ZeroDivisionError), sentences():
        raise ZeroDivisionError
