"""The database of a workspace: checked before it is opened; its errors become sentences."""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from ml_metadata import MetadataStore
from ml_metadata.errors import StatusError
from ml_metadata.proto import metadata_store_pb2

from pipeline.run.failure import explain_failure
from vocabulary.errors import UserError

_DAMAGED = ("not a database", "malformed", "quick_check")
_FULL = ("disk is full", "disk I/O error", "No space left")


def open_database(path: Path) -> MetadataStore:
    """ML Metadata's store in a file, created if it is not there; UserError if it cannot be used."""
    config = metadata_store_pb2.ConnectionConfig()
    config.sqlite.filename_uri = str(path)
    with using_database(path):
        _require_whole(path)
        return MetadataStore(config)


@contextlib.contextmanager
def using_database(path: Path) -> Iterator[None]:
    """Turns errors of the database into a UserError."""
    try:
        yield
    except (StatusError, RuntimeError, sqlite3.Error) as error:
        reason = re.sub(r" \(\w+\)$", "", explain_failure(error))
        raise UserError(f"the database {path} {_advice(reason)}") from error


def _advice(reason: str) -> str:
    if any(words in reason for words in _DAMAGED):
        return f"is damaged ({reason}); restore a copy of it, or name another --workspace"
    if any(words in reason for words in _FULL):
        return f"cannot be used: {reason}; make room on the disk, or name another --workspace"
    return f"cannot be used: {reason}; make sure that it is writable, or name another --workspace"


def _require_whole(path: Path) -> None:
    """Checks the whole file: ML Metadata notices damage only where it reads, and does not say so.

    Opened for writing where that is allowed, so that what a killed run left open is rolled back.
    """
    if not path.is_file():
        return
    address = f"{path.resolve().as_uri()}?mode=rw"
    with contextlib.closing(sqlite3.connect(address, uri=True)) as database:
        (result,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        raise sqlite3.DatabaseError(f"quick_check: {result}")
