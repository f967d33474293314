"""Reads the JSON of a request without keeping all others waiting for longer than it must."""

import contextlib
import gc
import json
import threading
from collections.abc import Iterator
from typing import Any

from serving.errors import invalid

_lock = threading.Lock()
_readers = 0


def read_object(text: bytes | bytearray) -> dict[str, Any]:
    """The object that a text is.

    Raises:
        ServingError: if it is none.
    """
    try:
        with _uncollected():
            fields = json.loads(text)
    except RecursionError as error:
        raise invalid("JSON Parse error: lists are nested too deeply") from error
    except ValueError as error:
        raise invalid(f"JSON Parse error: {error}") from error
    if not isinstance(fields, dict):
        raise invalid("the request must be a JSON object")
    return fields


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Pauses the search for cycles, of which JSON has none.

    For millions of lists it takes several times as long as the reading itself, and all that is
    done in Python stands still meanwhile.
    """
    global _readers
    with _lock:
        _readers += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _readers -= 1
            if not _readers:
                gc.enable()
