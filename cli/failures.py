"""How a command shows errors, and where the output of libraries goes."""

import contextlib
import errno
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.signals import take_signals
from vocabulary.errors import UserError
from vocabulary.exit_status import ExitStatus

if TYPE_CHECKING:
    from pipeline.run.narrator import Narrator


@contextlib.contextmanager
def sentences() -> Iterator[None]:
    """Prints an error that is meant for users as its sentence, and exits with a non-zero status."""
    take_signals()
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
        print("digits: interrupted; finished work is kept, run again to continue", file=sys.stderr)
        raise typer.Exit(ExitStatus.INTERRUPTED) from error


@contextlib.contextmanager
def quietly() -> Iterator["Narrator"]:
    """Keeps the output of libraries off the terminal, where a narrator shows the progress."""
    import os

    from pipeline.run.log_file import logged_to
    from pipeline.run.narrator import Narrator

    with logged_to(Path(os.devnull), verbose=False) as (_, error), Narrator(error) as narrator:
        yield narrator


def _explain(error: OSError) -> str:
    place = error.filename or "the workspace"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no space left: make room on the disk that holds {place}, and run again"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{place} cannot be used: {error.strerror}; make it writable, and run again"
    return f"{place} cannot be used: {error.strerror or error}"
