"""How a command shows errors, and where the output of libraries goes."""

import contextlib
import errno
import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

import typer

from cli.garbage import collect_garbage_less_often
from cli.unused_modules import leave_out_unused_modules
from vocabulary.errors import UserError
from vocabulary.exit_status import ExitStatus
from vocabulary.parent import end_children

if TYPE_CHECKING:
    from pipeline.run.narrator import Narrator


@contextlib.contextmanager
def sentences() -> Iterator[None]:
    """Prints an error that is meant for users as its sentence, and exits with a non-zero status."""
    take_signals()
    leave_out_unused_modules()
    collect_garbage_less_often()
    try:
        yield
    except UserError as error:
        print(f"digits: {error}", file=sys.stderr)
        raise typer.Exit(ExitStatus.FAILED) from error
    except BrokenPipeError as error:  # the reader has closed the pipe, as `head` does
        sys.stdout = None
        raise typer.Exit(ExitStatus.FAILED) from error
    except OSError as error:
        print(f"digits: {_explain(error)}", file=sys.stderr)
        raise typer.Exit(ExitStatus.FAILED) from error
    except KeyboardInterrupt as error:
        kept = "finished work is kept, run again to continue"
        print(f"digits: interrupted; {str(error) or kept}", file=sys.stderr)
        raise typer.Exit(ExitStatus.INTERRUPTED) from error


@contextlib.contextmanager
def quietly() -> Iterator["Narrator"]:
    """Keeps the output of libraries off the terminal, where a narrator shows the progress."""
    from pipeline.run.log_file import logged_to
    from pipeline.run.narrator import Narrator

    with logged_to() as (_, error), Narrator(error) as narrator:
        yield narrator


def _explain(error: OSError) -> str:
    place = error.filename or "the workspace"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no space left: make room on the disk that holds {place}, and run again"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{place} cannot be used: {error.strerror}; make it writable, and run again"
    return f"{place} cannot be used: {error.strerror or error}"


def take_signals() -> None:
    """SIGTERM and SIGINT end the processes that this one started, then raise KeyboardInterrupt.

    In this order: Beam waits until its workers have ended, and they wait for Beam. SIGINT stays
    ignored where it is ignored, as in a process that a script has started with `&`.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(number: int, frame: object) -> NoReturn:
    end_children()
    raise KeyboardInterrupt
