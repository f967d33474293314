"""Records the files of an artefact when it is produced, and finds later damage."""

import hashlib
import json
from pathlib import Path
from typing import Final

FILES: Final = "files"
"""The custom property of an artefact that holds its record."""
_HASHED: Final = 1 << 20
"""Bytes; of larger files only the size is recorded, so that a check does not read them."""


def record(folder: Path) -> str:
    """The size of every file of an artefact, and a digest of the small ones, as JSON by path."""
    return json.dumps({name: _fact(path) for name, path in _files(folder)}, sort_keys=True)


def damage(folder: Path, recorded: str) -> str:
    """What has changed since an artefact was recorded, in a few words; empty if nothing."""
    if not folder.is_dir():
        return f"{folder} is gone"
    facts = json.loads(recorded)
    there = dict(_files(folder))
    for name, fact in facts.items():
        if name not in there:
            return f"{folder / name} is gone"
        if (now := _fact(there[name])) != fact:
            size, was = now.partition(" ")[0], fact.partition(" ")[0]
            how = f"has {int(size):,} bytes, not {int(was):,}" if size != was else "has changed"
            return f"{folder / name} {how}"
    added = sorted(set(there) - set(facts))
    return f"{folder / added[0]} was added after the artefact was produced" if added else ""


def _files(folder: Path) -> list[tuple[str, Path]]:
    """Without hidden files, which file managers and network file systems create."""
    paths = ((path.relative_to(folder), path) for path in sorted(folder.rglob("*")))
    return [
        (name.as_posix(), path)
        for name, path in paths
        if path.is_file() and not any(part.startswith(".") for part in name.parts)
    ]


def _fact(path: Path) -> str:
    size = path.stat().st_size
    if size > _HASHED:
        return str(size)
    return f"{size} {hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"
