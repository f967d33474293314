"""A workspace that was moved or copied: paths in its database are mapped to where it is now.

ML Metadata and TFX only know absolute paths. Readers map each URI as they read it (`within`), so
that a read-only workspace can be looked at; a run, in which TFX itself reads the database, has the
paths rewritten first (`rebase`).
"""

import contextlib
import json
import re
import sqlite3
from pathlib import Path

from pipeline.workspace.workspace import Workspace

_ARTIFACT = re.compile(r"(?P<root>.+)/artifacts/[^/]+/[^/]+/\d+")
"""Where TFX's runner puts an output: under the pipeline root by component, key and execution."""
_OURS = r"(?=/(?:artifacts|checkpoints|serving)(?:[/\s\"'\\,\])}]|$))"
_TEXTS = (("Artifact", "uri"), ("ArtifactProperty", "string_value"),
          ("ExecutionProperty", "string_value"))  # fmt: skip


def within(workspace: Workspace, uri: str) -> Path:
    """Where an artefact is in this workspace, wherever the workspace was when it was produced."""
    if not _ARTIFACT.fullmatch(uri):
        return Path(uri)
    return workspace.resolved.artifacts.joinpath(*Path(uri).parts[-3:])


def rebase(workspace: Workspace) -> bool:
    """Rewrites paths of former places in the database, all or none; returns whether there were any.

    The workspace is claimed by the caller, and its database exists.

    Raises sqlite3.Error if the database cannot be read or written.
    """
    here = str(workspace.resolved.root)
    with contextlib.closing(sqlite3.connect(workspace.metadata)) as database, database:
        uris = [uri for (uri,) in database.execute("SELECT uri FROM Artifact WHERE uri <> ''")]
        roots = {match["root"] for match in map(_ARTIFACT.fullmatch, uris) if match} - {here}
        for table, column in _TEXTS if roots else ():
            rows = database.execute(
                f"SELECT rowid, {column} FROM {table} WHERE {column} LIKE '%/%'"
            ).fetchall()
            texts = ((_moved(text, roots, here), row) for row, text in rows)
            database.executemany(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", texts)
    return bool(roots)


def moved(text: str, old: str, new: str) -> str:
    """The text with the paths of the workspace at `old` replaced by those of the one at `new`.

    Also where the text is JSON, which escapes some letters.
    """
    for at, to in ((old, new), (json.dumps(old)[1:-1], json.dumps(new)[1:-1])):
        # After a character of a path, the match is the end of another path.
        pattern = rf"(?<![^\s\"':=,(\[]){re.escape(at)}{_OURS}"
        text = re.sub(pattern, to.replace("\\", r"\\"), text)
    return text


def _moved(text: str, roots: set[str], here: str) -> str:
    for root in roots:
        text = moved(text, root, here)
    return text
