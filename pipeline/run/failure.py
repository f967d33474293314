"""Says in a sentence why a component failed, from the exception it raised."""

import builtins
import re
import shutil
from pathlib import Path

_NAMED = re.compile(r"^(?:\w+\.)*(\w+(?:Error|Exception)): ", re.MULTILINE)
_WRAPPING = re.compile(
    r" \[while running '.*?'\]"  # Beam: the step
    r"|\{\{function_node .*?\}\} "  # TensorFlow: the node
    r"| \[Op:\w+\]",  # TensorFlow: the operation
    re.DOTALL,
)
_QUERY = re.compile(r"Error when executing query: (.*?) query: .*", re.DOTALL)
"""ML Metadata adds the SQL."""


_SCARCE = 16_000_000
"""Bytes of free disk below which whatever fails may fail for that."""


def scarcity(folder: Path) -> str:
    """What to add to a failure if the disk of a folder is all but full, else nothing.

    Libraries that could not write something may fail later, on what is not there.
    """
    free = shutil.disk_usage(folder).free
    if free >= _SCARCE:
        return ""
    return f"; only {free / 1e6:.1f} MB are left on the disk of {folder}, make room there"


def explain_briefly(error: BaseException) -> str:
    """The first line of `explain_failure`, to stand within a sentence."""
    return explain_failure(error).partition("\n")[0].rstrip(".")


def explain_failure(error: BaseException) -> str:
    """The message of an exception, without what libraries wrap around it.

    The first ValueError or OSError speaks: what caused it is in its words. Else the deepest cause.
    """
    root = error
    while root.__cause__ is not None and not isinstance(root, ValueError | OSError):
        root = root.__cause__
    kind, message = type(root).__name__, str(root)
    # Beam raises a RuntimeError whose text is another error, or the traceback of one elsewhere.
    named = list(_NAMED.finditer(message)) if isinstance(root, RuntimeError) else []
    if named:
        kind, message = named[-1][1], message[named[-1].end() :]
    message = _QUERY.sub(r"\1", _WRAPPING.sub("", message)).strip()
    if message and issubclass(getattr(builtins, kind, type(root)), ValueError | OSError):
        return message
    first_line = message.partition("\n")[0] or "it gave no reason"
    return f"{first_line} ({kind})"
