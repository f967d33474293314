"""What an artefact's files were when it was made, and whether they still are."""

import hashlib
import json
from pathlib import Path
from typing import Final

FILES: Final = "files"
"""The custom property of an artefact that holds its record."""
_HASHED: Final = 1 << 20
"""Larger files are known by their size alone, so that a look at them costs no reading."""


def record(folder: Path) -> str:
    """The size of every file of an artefact, and a digest of the small ones, as JSON by path."""
    return json.dumps({name: _fact(path) for name, path in _files(folder)}, sort_keys=True)


def damage(folder: Path, recorded: str) -> str:
    """What has changed since an artefact was recorded, in a few words; empty if nothing has."""
    if not folder.is_dir():
        return f"{folder} is gone"
    facts = json.loads(recorded)
    there = dict(_files(folder))
    for name, fact in facts.items():
        if name not in there:
            return f"{folder / name} is gone"
        if (found := _fact(there[name])) != fact:
            size, was = found.partition(" ")[0], fact.partition(" ")[0]
            how = f"has {int(size):,} bytes, not {int(was):,}" if size != was else "has changed"
            return f"{folder / name} {how}"
    strange = sorted(set(there) - set(facts))
    return f"{folder / strange[0]} was not there when the artefact was made" if strange else ""


def _files(folder: Path) -> list[tuple[str, Path]]:
    """Hidden files are left out: file managers and network file systems make them."""
    found = ((path.relative_to(folder), path) for path in sorted(folder.rglob("*")))
    return [
        (name.as_posix(), path)
        for name, path in found
        if path.is_file() and not any(part.startswith(".") for part in name.parts)
    ]


def _fact(path: Path) -> str:
    size = path.stat().st_size
    if size > _HASHED:
        return str(size)
    return f"{size} {hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"
