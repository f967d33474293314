"""A folder that appears whole or not at all."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from vocabulary.errors import UserError


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Gives a hidden folder to write in, which gets this path when the context ends well.

    Raises:
        UserError: if there is something at the path already.
    """
    require_new(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        yield partial
        partial.chmod(0o755)
        partial.rename(path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def require_new(path: Path) -> None:
    """Raises UserError if there is something at a path."""
    if path.exists():
        raise UserError(f"{path} is there already; name a new folder")
