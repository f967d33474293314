"""What people call their runs: a name and tags, noted with a run in ML Metadata."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from vocabulary.errors import UserError

NAME: Final = "name"
TAGS: Final = "tags"
"""What `digits run` notes of a run: text, and a JSON list."""

_LONGEST: Final = 60
_TAG: Final = re.compile(r"[^\s,]+")


def as_notes(name: str | None, tags: Sequence[str]) -> dict[str, str]:
    """The notes of a run with a name and tags.

    Raises UserError for a name of several lines or too many letters, and a tag of several words.
    """
    if name is not None and not (name.isprintable() and 0 < len(name) <= _LONGEST):
        raise UserError(f"--name takes a line of 1 to {_LONGEST} letters, not {name!r}")
    for tag in tags:
        if not _TAG.fullmatch(tag):
            raise UserError(f"--tag takes one word, not {tag!r}; repeat it for several")
    notes = {} if name is None else {NAME: name}
    return notes | ({TAGS: json.dumps([*dict.fromkeys(tags)])} if tags else {})


def name_and_tags(notes: Mapping[str, str]) -> tuple[str, list[str]]:
    """What a run is called, empty for nothing, and its tags."""
    return notes.get(NAME, ""), json.loads(notes.get(TAGS, "[]"))
