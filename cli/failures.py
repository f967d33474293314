"""What a command does with errors and with what libraries print."""

import contextlib
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
    """Turns a user's mistake into its sentence and a non-zero exit."""
    take_signals()
    try:
        yield
    except UserError as error:
        print(f"digits: {error}", file=sys.stderr)
        raise typer.Exit(ExitStatus.FAILED) from error
    except BrokenPipeError as error:  # whoever reads has had enough, as `head` has
        sys.stdout = None
        raise typer.Exit(ExitStatus.FAILED) from error
    except OSError as error:
        where = error.filename or "the workspace"
        print(f"digits: {where}: {error.strerror}; mend that and run again", file=sys.stderr)
        raise typer.Exit(ExitStatus.FAILED) from error
    except KeyboardInterrupt as error:
        print("digits: interrupted; what is done is kept, run again to go on", file=sys.stderr)
        raise typer.Exit(ExitStatus.INTERRUPTED) from error


@contextlib.contextmanager
def quietly() -> Iterator["Narrator"]:
    """Keeps what libraries print while they are loaded and used off the terminal.

    Yields:
        What says there how far it is.
    """
    import os

    from pipeline.run.log_file import logged_to
    from pipeline.run.narrator import Narrator

    with logged_to(Path(os.devnull), verbose=False) as (_, error), Narrator(error) as narrator:
        yield narrator
