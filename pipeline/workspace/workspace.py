"""The workspace: one folder with everything that belongs to a local pipeline.

metadata.sqlite     runs, inputs and outputs (ML Metadata)
artifacts/          outputs of the components
checkpoints/        of trainings that have not finished
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
from vocabulary.model_files import SAVED_MODEL
from vocabulary.signatures import MODEL_NAME

_PATTERN = "*?[]\\"
"""Characters with which TFX and Beam match several files."""


@dataclass(frozen=True)
class Workspace:
    """The paths of a workspace."""

    root: Path

    @property
    def resolved(self) -> "Workspace":
        """The same by its real path, as the database has it; links within it stay as they are."""
        return Workspace(self.root.resolve())

    @property
    def metadata(self) -> Path:
        """The database of ML Metadata."""
        return self.root / "metadata.sqlite"

    @property
    def artifacts(self) -> Path:
        """The outputs of the components."""
        return self.root / "artifacts"

    @property
    def checkpoints(self) -> Path:
        """Checkpoints of trainings that have not finished."""
        return self.root / "checkpoints"

    @property
    def serving(self) -> Path:
        """The folder of versions."""
        return self.root / "serving" / MODEL_NAME

    @property
    def serving_version(self) -> int | None:
        """The newest whole version, which TensorFlow Serving loads."""
        there = (path.parent for path in self.serving.glob(f"*/{SAVED_MODEL}"))
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
        """Creates the folder of a new run, named by its local time; returns the path of its log."""
        folder = self.root / "runs" / datetime.now().strftime("%Y%m%d-%H%M%S")
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise UserError(f"{folder} cannot be created: {error.strerror}; try again") from error
        return folder / "run.log"

    @contextlib.contextmanager
    def claimed(self, *, make: bool = True) -> Iterator[None]:
        """Locks the workspace while the context lasts; with `make`, creates its folders.

        Raises UserError if the folder cannot be written, another run uses it, its path cannot be
        used, or there are runs but no folder of versions: a disk that is not mounted must not be
        taken for a pipeline without a champion.
        """
        special = next((char for char in str(self.root.resolve()) if char in _PATTERN), None)
        if special:
            raise UserError(
                f"the workspace {self.root} has a {special} in its path, which TFX takes for a "
                f"pattern of file names; name another with --workspace"
            )
        if not make and not self.metadata.is_file():
            raise UserError(f"{self.root} holds no runs; make one with `digits run`")
        if self.metadata.is_file() and not self.serving.is_dir():
            raise UserError(
                f"the workspace {self.root} has runs, but its folder of versions, {self.serving}, "
                f"is missing; mount or restore it, or create it empty to start without a champion"
            )
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
        """Removes the outputs of executions that did not finish."""
        for execution_id in execution_ids:
            for pattern in ("*/*/{}", "*/.system/*/{}"):
                for folder in self.artifacts.glob(pattern.format(execution_id)):
                    shutil.rmtree(folder, ignore_errors=True)

    def drop_partial_versions(self) -> None:
        """Removes versions whose copying was interrupted; no server has seen them."""
        for folder in self.serving.glob(".*.partial"):
            shutil.rmtree(folder, ignore_errors=True)

    def set_aside(self, damaged: Mapping[str, str]) -> list[str]:
        """Renames damaged versions, so that no server loads them; returns a sentence for each.

        `damaged` says what is wrong with each, by its name.
        """
        sentences = []
        for name, reason in damaged.items():
            old, new = self.serving / name, self.serving / f"broken-{name}"
            others = (self.serving / f"{new.name}-{count}" for count in itertools.count(2))
            new = next(path for path in itertools.chain([new], others) if not path.exists())
            with contextlib.suppress(OSError):  # then it stays, and readers pass over it
                old.rename(new)
                sentences.append(f"{old} cannot be served: {reason}; it was renamed to {new.name}")
        return sentences


def _is_whole(version: Path) -> bool:
    """Whether a version is as its manifest says; one without a manifest counts as whole."""
    try:
        manifest = (version / MANIFEST).read_text(errors="replace")
    except FileNotFoundError:
        return True
    return not difference(manifest, lambda path: _size(version / path))


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None
