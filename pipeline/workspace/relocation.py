"""A workspace that was moved or copied: the paths in its database become those of where it is now.

ML Metadata and TFX know absolute paths alone. Readers map each address as they meet it (`within`),
so that a workspace can be looked at where nothing can be written; a run, for which TFX reads the
database itself, first has them rewritten (`rebase`).
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
    """Where an artefact is in this workspace, whatever folder it was in when it was made."""
    if not _ARTIFACT.fullmatch(uri):
        return Path(uri)
    return workspace.resolved.artifacts.joinpath(*Path(uri).parts[-3:])


def rebase(workspace: Workspace) -> bool:
    """Rewrites what the database says of other places, all of it or nothing; says if there was any.

    The workspace is claimed by the caller, and its database exists.

    Raises:
        sqlite3.Error: if the database cannot be read or written.
    """
    here = str(workspace.resolved.root)
    with contextlib.closing(sqlite3.connect(workspace.metadata)) as database, database:
        uris = [uri for (uri,) in database.execute("SELECT uri FROM Artifact WHERE uri <> ''")]
        roots = {found["root"] for found in map(_ARTIFACT.fullmatch, uris) if found} - {here}
        for table, column in _TEXTS if roots else ():
            rows = database.execute(
                f"SELECT rowid, {column} FROM {table} WHERE {column} LIKE '%/%'"
            ).fetchall()
            moved = ((_moved(text, roots, here), row) for row, text in rows)
            database.executemany(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", moved)
    return bool(roots)


def moved(text: str, old: str, new: str) -> str:
    """The text with paths in the workspace at `old` as they are in the one at `new`.

    Also where the text is JSON, which spells some letters otherwise.
    """
    for at, to in ((old, new), (json.dumps(old)[1:-1], json.dumps(new)[1:-1])):
        # What a path's character precedes is another path, which ends as this one does.
        pattern = rf"(?<![^\s\"':=,(\[]){re.escape(at)}{_OURS}"
        text = re.sub(pattern, to.replace("\\", r"\\"), text)
    return text


def _moved(text: str, roots: set[str], here: str) -> str:
    for root in roots:
        text = moved(text, root, here)
    return text
