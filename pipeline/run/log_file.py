"""Keeps the terminal calm: whatever libraries print, from Python or C++, goes to a log file.

A run has two logs: a short one for people (see `readable`), and one of all output.
"""

import contextlib
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TextIO

from pipeline.code.imports import PACKAGES

DEBUG_LOG = "debug.log"
"""Beside the log of a run: all output, most of it from libraries."""

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_READABLE = "%(asctime)s %(levelname)-7s %(message)s"
_LONGEST = 300
_ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def logged_to(
    path: Path = Path(os.devnull), *, verbose: bool = False
) -> Iterator[tuple[TextIO, TextIO]]:
    """Sends standard output and error to a file, by default nowhere, and if verbose here too.

    Yields:
        Streams to the former standard output and standard error.
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
            stack.enter_context(_handled_by(logging.StreamHandler(sys.stderr)))
            yield output, error
        finally:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError):  # a full disk; there is still a terminal
                    stream.flush()
            os.dup2(output.fileno(), 1)
            os.dup2(error.fileno(), 2)


@contextlib.contextmanager
def _handled_by(handler: logging.Handler) -> Iterator[None]:
    """All records go to a handler, and afterwards to those that were there before."""
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.handlers = handlers
        root.setLevel(level)


@contextlib.contextmanager
def readable(path: Path) -> Iterator[None]:
    """Logs to a file what this project logs, and the first line of errors that libraries log."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(_Readable(_READABLE, "%Y-%m-%d %H:%M:%S"))
    handler.addFilter(lambda record: _is_ours(record) or record.levelno >= logging.ERROR)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        with contextlib.suppress(OSError):  # a full disk
            handler.close()


class _Readable(logging.Formatter):
    """Cuts the errors of libraries to one line: they can hold whole protocol buffers."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return text if _is_ours(record) else text.partition("\n")[0][:_LONGEST]


def _is_ours(record: logging.LogRecord) -> bool:
    path = Path(record.pathname)
    return path.is_relative_to(_ROOT) and path.relative_to(_ROOT).parts[0] in PACKAGES


@contextlib.contextmanager
def _tee(path: Path, terminal: TextIO) -> Iterator[IO[str]]:
    """A pipe to both, which outlives an interrupt: the run may still print."""
    command = ["tee", "--append", "--ignore-interrupts", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=terminal, text=True) as process:
        assert process.stdin is not None
        yield process.stdin
