"""Small runs that the tests of several modules go on from, each in a copy of its workspace."""

import fcntl
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.pipeline.digits_process import run_pipeline

LONGER = "training.epochs=2"


class SmallRun(NamedTuple):
    """A folder with a workspace and what the last run in it printed."""

    folder: Path

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def summary(self) -> dict[str, Any]:
        return json.loads((self.folder / "stdout").read_text())

    @property
    def stderr(self) -> str:
        return (self.folder / "stderr").read_text()

    def copy(self, folder: Path) -> Path:
        """A copy of the workspace in a folder: one that is moved or copied works as before."""
        return Path(shutil.copytree(self.workspace, folder / "workspace"))


def make_small(root: Path) -> SmallRun:
    """One run."""
    return _once(root / "small", lambda workspace: run_pipeline(workspace))


def make_longer(root: Path, small: SmallRun) -> SmallRun:
    """The small run, and one that trains longer after it."""

    def make(workspace: Path) -> None:
        small.copy(workspace.parent)
        run_pipeline(workspace, LONGER)

    return _once(root / "longer", make)


def _once(folder: Path, make: Callable[[Path], object]) -> SmallRun:
    """Fills a folder, once for all processes that test at the same time."""
    made = folder / "made"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder / "workspace")
            made.touch()
    return SmallRun(folder)
