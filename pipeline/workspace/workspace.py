"""The workspace: one folder that holds all there is of a local pipeline.

metadata.sqlite     what was run, on what, with what result (ML Metadata)
artifacts/          what the components made
checkpoints/        of trainings that are not done
serving/digits/     the versions pushed, as TensorFlow Serving reads them
runs/RUN/           the effective config, the logs and the report of each run
compare.html        the last comparison
"""

import contextlib
import fcntl
import itertools
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vocabulary.errors import UserError
from vocabulary.manifest import MANIFEST, difference

_PATTERN = "*?[]\\"
"""Mean other files to those who look for files by a pattern, as TFX and Beam do."""


@dataclass(frozen=True)
class Workspace:
    """The paths of a workspace."""

    root: Path

    @property
    def resolved(self) -> "Workspace":
        """The same by its real path, as the database notes it; links within it stay as they are."""
        return Workspace(self.root.resolve())

    @property
    def metadata(self) -> Path:
        """The database of ML Metadata."""
        return self.root / "metadata.sqlite"

    @property
    def artifacts(self) -> Path:
        """What the components made."""
        return self.root / "artifacts"

    @property
    def checkpoints(self) -> Path:
        """Checkpoints of trainings that are not done."""
        return self.root / "checkpoints"

    @property
    def serving(self) -> Path:
        """The folder of versions."""
        return self.root / "serving" / "digits"

    @property
    def serving_version(self) -> int | None:
        """The newest whole version, which TensorFlow Serving loads."""
        there = (path.parent for path in self.serving.glob("*/saved_model.pb"))
        numbered = (path for path in there if path.name.isascii() and path.name.isdecimal())
        return max((int(path.name) for path in numbered if _is_whole(path)), default=None)

    def page(self, run_id: str) -> Path:
        """The report of a run."""
        return self.root / "runs" / run_id / "report.html"

    @property
    def comparison(self) -> Path:
        """The page of the last comparison."""
        return self.root / "compare.html"

    def new_run(self) -> Path:
        """Makes the folder of a new run, named by when it begins; gives the path of its log.

        Raises:
            UserError: if the folder cannot be made.
        """
        folder = self.root / "runs" / datetime.now().strftime("%Y%m%d-%H%M%S")
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise UserError(f"{folder} cannot be made: {error.strerror}; try again") from error
        return folder / "run.log"

    @contextlib.contextmanager
    def claimed(self, *, make: bool = True) -> Iterator[None]:
        """Makes the folders and keeps other runs out for as long as the context lasts.

        Args:
            make: whether the folders are made; else they must be there.

        Raises:
            UserError: if the folder cannot be written, another run has it, or its path cannot be
                used.
        """
        odd = next((char for char in str(self.root.resolve()) if char in _PATTERN), None)
        if odd:
            raise UserError(
                f"the workspace {self.root} has a {odd} in its path, which TFX takes for a pattern "
                f"of file names; name another with --workspace"
            )
        if not make and not self.metadata.is_file():
            raise UserError(f"{self.root} holds no runs; make one with `digits run`")
        try:
            for folder in (self.artifacts, self.serving, self.root / "runs"):
                folder.mkdir(parents=True, exist_ok=True)
            lock = (self.root / ".lock").open("w")
        except OSError as error:
            raise UserError(
                f"the workspace {self.root} cannot be written: {error.strerror}; "
                f"name another with --workspace"
            ) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UserError(
                    f"another run is using the workspace {self.root}; wait for it, or name another "
                    f"with --workspace"
                ) from error
            yield

    def drop_outputs(self, execution_ids: set[int]) -> None:
        """Removes what executions that never finished left behind."""
        for execution_id in execution_ids:
            for pattern in ("*/*/{}", "*/.system/*/{}"):
                for folder in self.artifacts.glob(pattern.format(execution_id)):
                    shutil.rmtree(folder, ignore_errors=True)

    def drop_partial_versions(self) -> None:
        """Removes versions whose copying was broken off; no server has seen them."""
        for folder in self.serving.glob(".*.partial"):
            shutil.rmtree(folder, ignore_errors=True)

    def set_aside(self, damaged: Mapping[str, str]) -> list[str]:
        """Renames versions, or the next server would try to load them; says so of each.

        Args:
            damaged: what is wrong with each, by its name.
        """
        said = []
        for name, reason in damaged.items():
            old, new = self.serving / name, self.serving / f"broken-{name}"
            others = (self.serving / f"{new.name}-{count}" for count in itertools.count(2))
            new = next(path for path in itertools.chain([new], others) if not path.exists())
            with contextlib.suppress(OSError):  # then it stays, and whoever reads it passes it over
                old.rename(new)
                said.append(f"{old} cannot be served: {reason}; it was renamed to {new.name}")
        return said


def _is_whole(version: Path) -> bool:
    """Whether a version is as its manifest says; those of others have none, and are believed."""
    try:
        manifest = (version / MANIFEST).read_text(errors="replace")
    except FileNotFoundError:
        return True
    return not difference(manifest, lambda path: _size(version / path))


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None
