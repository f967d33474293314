"""Explains in a sentence why a component failed, from the exception that it raised."""

import re
import shutil
from pathlib import Path

from vocabulary.errors import UserError

_NAMED = re.compile(r"^(?:\w+\.)*(\w+(?:Error|Exception)): ", re.MULTILINE)
_WRAPPING = re.compile(
    r" \[while running '.*?'\]"  # Beam: the step
    r"|\{\{function_node .*?\}\} "  # TensorFlow: the node
    r"| \[Op:\w+\]",  # TensorFlow: the operation
    re.DOTALL,
)
_QUERY = re.compile(r"Error when executing query: (.*?) query: .*", re.DOTALL)
"""ML Metadata adds the SQL."""

_ROLLED_BACK = "cannot commit - no transaction is active"
"""ML Metadata's words where SQLite rolled back by itself (sqlite.org/lang_transaction.html)."""

_WHY_ROLLED_BACK = "the database rolled back what was written, as it does where the disk is full"

_NEARLY_FULL = 16_000_000
"""Bytes of free disk space below which a full disk may be the cause of any failure."""


def disk_space_hint(folder: Path) -> str:
    """What to add to a failure if the disk of a folder is nearly full, else an empty string.

    A library that could not write a file may fail only later, when it reads it.
    """
    free = shutil.disk_usage(folder).free
    if free >= _NEARLY_FULL:
        return ""
    return f"; only {free / 1e6:.1f} MB are free on the disk that holds {folder}: make room there"


def explain_briefly(error: BaseException) -> str:
    """The first line of `explain_failure`, to stand within a sentence."""
    return explain_failure(error).partition("\n")[0].rstrip(".")


def explain_failure(error: BaseException) -> str:
    """The sentence of the first UserError among an exception and its causes, as it is.

    Any other error is not written for users: of the deepest cause it is the first line, and the
    type in brackets. What libraries wrap around a message is left out.
    """
    root = error
    while root.__cause__ is not None and not isinstance(root, UserError):
        root = root.__cause__
    kind, message = type(root).__name__, str(root)
    # Beam raises a RuntimeError whose text is another error, or the traceback of one elsewhere.
    named = list(_NAMED.finditer(message)) if isinstance(root, RuntimeError) else []
    if named:
        kind, message = named[-1][1], message[named[-1].end() :]
    message = _QUERY.sub(r"\1", _WRAPPING.sub("", message)).strip()
    message = message.replace(_ROLLED_BACK, _WHY_ROLLED_BACK)
    if message and kind in _names_of(UserError):
        return message
    first_line = message.partition("\n")[0] or "it gave no reason"
    return f"{first_line} ({kind})"


def _names_of(kind: type[BaseException]) -> set[str]:
    """The names of an error's class and of those below it: a traceback's text has no more."""
    return {kind.__name__}.union(*map(_names_of, kind.__subclasses__()))
