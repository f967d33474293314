"""Temporary files of a run: in a folder of its own, which is removed when the run ends.

TensorFlow and other libraries leave theirs behind when a run is killed; the next run in the same
workspace, or `digits clean`, removes them.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError

_NEEDED = 1 << 20
"""Bytes that libraries need at least."""


@contextlib.contextmanager
def scratch(workspace: Workspace) -> Iterator[None]:
    """Sends temporary files of this process, and of those it starts, to a folder of the run.

    The workspace is claimed by the caller, so that no other run uses the folder.

    Raises UserError if nothing can be written there.
    """
    before, environment = tempfile.tempdir, os.environ.get("TMPDIR")
    base = environment or tempfile.gettempdir()
    try:
        folder = drop_scratch(workspace)
        folder.mkdir(mode=0o700)
        probe = folder / "probe"
        probe.write_bytes(bytes(_NEEDED))
        probe.unlink()
    except OSError as error:
        with contextlib.suppress(OSError):
            drop_scratch(workspace)
        raise UserError(
            f"the folder for temporary files, {base}, cannot be used: {error.strerror}; make room "
            f"there, or set TMPDIR to another folder"
        ) from error
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        if environment is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = environment
        shutil.rmtree(folder, ignore_errors=True)


def drop_scratch(workspace: Workspace) -> Path:
    """Removes the temporary files of a killed run; returns the path of their folder."""
    place = hashlib.sha256(str(workspace.root.resolve()).encode()).hexdigest()[:12]
    base = os.environ.get("TMPDIR") or tempfile.gettempdir()
    folder = Path(base, f"digits-{os.getuid()}-{place}")
    if folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.getuid():
        shutil.rmtree(folder)
    return folder
