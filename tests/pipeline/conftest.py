"""A small run that several modules go on from, each in a copy of its workspace."""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.pipeline.digits_process import run_pipeline


class SmallRun(NamedTuple):
    """A workspace after one run, and the summary that it printed."""

    workspace: Path
    summary: dict[str, Any]

    def copy(self, folder: Path) -> Path:
        """A copy of the workspace in a folder: one that is moved or copied works as before."""
        return Path(shutil.copytree(self.workspace, folder / "workspace"))


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> SmallRun:
    workspace = tmp_path_factory.mktemp("small") / "workspace"
    return SmallRun(workspace, run_pipeline(workspace))
