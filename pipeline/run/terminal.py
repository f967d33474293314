"""The console on which tables and sentences are printed."""

import sys
from typing import TextIO

from rich.console import Console

_UNBROKEN = 10_000


def make_console(stream: TextIO | None = None) -> Console:
    """A console on standard output, or another stream.

    On a terminal, output is wrapped to its width. In a pipe or a file, lines are as long as they
    have to be, so that a path stays in one piece.
    """
    stream = stream or sys.stdout
    width = None if stream.isatty() else _UNBROKEN
    # Neither emoji nor markup: paths with `:key:` and titles with `[px]` are printed as they are.
    return Console(file=stream, highlight=False, emoji=False, markup=False, width=width)
