"""The manifest of a version: its files and their sizes, to tell a whole version from a damaged one.

Pusher writes it into each version. It stands alone, without TensorFlow, for commands that answer at
once.
"""

import json
from collections.abc import Callable, Mapping

from vocabulary.model_files import EXTRA

MANIFEST = f"{EXTRA}/files.json"
_BESIDE = f"{EXTRA}/"


def as_manifest(sizes: Mapping[str, int], *, also: str) -> str:
    """The manifest of files by path, in bytes, as text.

    Of what lies in `assets.extra`, which no server loads and anybody may replace, only the files
    under `also` are in it.
    """
    kept = (path for path in sizes if not path.startswith(_BESIDE) or path.startswith(f"{also}/"))
    return json.dumps({path: sizes[path] for path in sorted(kept)}, indent=1)


def difference(manifest: str, size_of: Callable[[str], int | None]) -> str:
    """How files differ from a manifest, as in `saved_model.pb has 5 of 200 bytes`; empty if not.

    `size_of` gives the size of a file by its path in the version, None if it is not there.
    """
    try:
        sizes = dict(json.loads(manifest))
    except (ValueError, TypeError):
        return f"{MANIFEST} cannot be read"
    for path, size in sizes.items():
        there = size_of(path)
        if there is None:
            return f"{path} is missing"
        if there != size:
            return f"{path} has {there:,} of {size:,} bytes"
    return ""
