"""Reads the JSON body of a request in pieces, so that other requests go on meanwhile.

`json.loads` holds Python's global lock until it has read the whole text: for 16 MB of short lists
that is a second in which nothing else in the server runs. Here no call reads more than a piece, and
lists that are longer than any input of the model are rejected before they are read to their end.
"""

import contextlib
import gc
import json
import re
import threading
from collections.abc import Iterator
from json.decoder import JSONDecodeError, JSONDecoder
from typing import Any, Final

from serving.errors import ServingError, invalid

_PIECE: Final = 1 << 18
"""Characters of a list or object that are read in one call; a few milliseconds at most."""
_MAX_KEYS: Final = 1000
"""Of an object longer than a piece."""
_MAX_DEPTH: Final = 16
"""Of lists and objects longer than a piece."""
_WHITESPACE: Final = re.compile(r"[ \t\n\r]*")
_lock = threading.Lock()
_readers = 0


def read_object(body: bytes | bytearray, *, max_length: int) -> dict[str, Any]:
    """The JSON object in a body of UTF-8, UTF-16 or UTF-32.

    Lists have at most `max_length` values; those shorter than a piece may be longer.

    Raises:
        ServingError: if the body is not a JSON object, or has a list that is too long.
    """
    try:
        text = body.decode(json.detect_encoding(body), "surrogatepass")
        fields = _Reader(text, max_length).read()
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise invalid(f"JSON Parse error: {error}") from error
    if not isinstance(fields, dict):
        raise invalid("the request must be a JSON object")
    return fields


class _Reader:
    """Reads a text with `json`'s scanner, which is called on short pieces of it only."""

    def __init__(self, text: str, max_length: int):
        self._text = text
        self._max_length = max_length
        self._decode = JSONDecoder().raw_decode
        self._start, self._piece = 0, text[:_PIECE]

    def read(self) -> Any:
        value, end = self._value(self._skip(0), depth=0)
        if self._skip(end) != len(self._text):
            raise JSONDecodeError("Extra data", self._text, end)
        return value

    def _value(self, at: int, *, depth: int) -> tuple[Any, int]:
        """The value that begins at a position, and the position behind it."""
        first = self._text[at : at + 1]
        if first not in ("[", "{"):
            return self._decode(self._text, at)
        if whole := self._within_a_piece(at):
            return whole
        if depth == _MAX_DEPTH:
            raise _too_deep()
        return (self._list if first == "[" else self._object)(at, depth=depth + 1)

    def _within_a_piece(self, at: int) -> tuple[Any, int] | None:
        """The list or object at a position, unless it is longer than a piece."""
        for start in (self._start, at):
            if start != self._start:
                self._start, self._piece = start, self._text[start : start + _PIECE]
            try:
                value, end = self._decode(self._piece, at - start)
            except JSONDecodeError as error:
                if start + len(self._piece) == len(self._text):
                    raise JSONDecodeError(error.msg, self._text, start + error.pos) from None
            else:
                return value, start + end
        return None

    def _list(self, at: int, *, depth: int) -> tuple[list[Any], int]:
        values: list[Any] = []
        at = self._skip(at + 1)
        if self._text[at : at + 1] == "]":
            return values, at + 1
        while True:
            if len(values) == self._max_length:
                raise invalid(
                    f"the request has a list of more than {self._max_length} values, which no "
                    f"input of the model takes; send fewer pictures at once"
                )
            value, at = self._value(at, depth=depth)
            values.append(value)
            at, ended = self._next(at, "]")
            if ended:
                return values, at

    def _object(self, at: int, *, depth: int) -> tuple[dict[str, Any], int]:
        fields: dict[str, Any] = {}
        at = self._skip(at + 1)
        if self._text[at : at + 1] == "}":
            return fields, at + 1
        while True:
            if len(fields) == _MAX_KEYS:
                raise invalid(f"the request has an object of more than {_MAX_KEYS} keys")
            if self._text[at : at + 1] != '"':
                problem = "Expecting property name enclosed in double quotes"
                raise JSONDecodeError(problem, self._text, at)
            key, at = self._decode(self._text, at)
            at = self._skip(at)
            if self._text[at : at + 1] != ":":
                raise JSONDecodeError("Expecting ':' delimiter", self._text, at)
            fields[key], at = self._value(self._skip(at + 1), depth=depth)
            at, ended = self._next(at, "}")
            if ended:
                return fields, at

    def _next(self, at: int, end: str) -> tuple[int, bool]:
        """Where the next value begins, or the position behind the end and True."""
        at = self._skip(at)
        follows = self._text[at : at + 1]
        if follows == end:
            return at + 1, True
        if follows != ",":
            raise JSONDecodeError("Expecting ',' delimiter", self._text, at)
        return self._skip(at + 1), False

    def _skip(self, at: int) -> int:
        match = _WHITESPACE.match(self._text, at)
        assert match  # of nothing, if there is no white space
        return match.end()


def _too_deep() -> ServingError:
    return invalid("JSON Parse error: lists are nested too deeply")


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """Pauses the search for reference cycles, of which JSON has none, until it is read and freed.

    Through millions of lists the search takes several times as long as reading them, and holds the
    global lock.
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
