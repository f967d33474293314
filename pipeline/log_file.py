"""Keeps the terminal calm: whatever libraries print, from Python or C++, goes to a log file."""

import contextlib
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TextIO

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@contextlib.contextmanager
def logged_to(path: Path, *, verbose: bool) -> Iterator[tuple[TextIO, TextIO]]:
    """Sends standard output and error to a file, and also to the terminal if verbose.

    Yields:
        Streams to where standard output and standard error went before.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    with (
        os.fdopen(os.dup(1), "w") as output,
        os.fdopen(os.dup(2), "w") as error,
        contextlib.ExitStack() as stack,
    ):
        sink: IO[str] = stack.enter_context(_tee(path, error) if verbose else path.open("a"))
        os.dup2(sink.fileno(), 1)
        os.dup2(sink.fileno(), 2)
        try:
            logging.basicConfig(level=logging.INFO, format=_FORMAT, stream=sys.stderr, force=True)
            yield output, error
        finally:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError):  # a full disk; there is still a terminal
                    stream.flush()
            os.dup2(output.fileno(), 1)
            os.dup2(error.fileno(), 2)


@contextlib.contextmanager
def _tee(path: Path, terminal: TextIO) -> Iterator[IO[str]]:
    """A pipe to both; interrupts are left to the run, which may still have something to say."""
    command = ["tee", "--append", "--ignore-interrupts", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=terminal, text=True) as process:
        assert process.stdin is not None
        yield process.stdin
