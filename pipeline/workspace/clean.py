"""`digits clean`: removes runs, artefacts and versions that nothing needs any more.

Kept are the newest runs, the versions that `digits serve` loads, the runs that pushed those, and
the outputs of all of these, also those taken from the cache. In ML Metadata, what was removed is
marked as removed, so that the cache does not reuse it and lineage still leads through it.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from pipeline.run.scratch import drop_scratch
from pipeline.workspace.history import History
from pipeline.workspace.runs import open_history
from pipeline.workspace.workspace import Workspace
from vocabulary.pushed import SERVED_VERSIONS
from vocabulary.versions import versions


class Cleaned(BaseModel):
    """What was removed, or would be: run ids, versions, and the numbers of artefacts and bytes."""

    dry_run: bool
    runs: list[str]
    artifacts: int
    versions: list[int]
    bytes: int

    def as_sentence(self) -> str:
        """For people."""
        counts = {"run": len(self.runs), "artifact": self.artifacts, "version": len(self.versions)}
        what = ", ".join(f"{n:,} {noun}{'s' * (n != 1)}" for noun, n in counts.items())
        freed = f"{self.bytes / 1e6:,.1f} MB"
        if self.dry_run:
            return f"would remove {what} and free {freed}"
        return f"removed {what} and freed {freed}"


def clean(workspace: Workspace, *, keep: int, dry_run: bool) -> Cleaned:
    """Cleans a workspace that the caller has claimed; the newest `keep` runs stay.

    A dry run removes nothing, and only returns what would be removed. Raises as `open_history`.
    """
    history = open_history(workspace)
    runs = history.runs()
    pushed = {run: number for run in runs if (number := _pushed(history, run))}
    held = set(versions(str(workspace.serving))[-SERVED_VERSIONS:])
    newest = runs[-keep:]
    first = {number: run for run, number in reversed(pushed.items())}  # later runs reused its model
    kept = {*newest, *(first[number] for number in held if number in first)}
    needed = {number for run, number in pushed.items() if run in kept} | held
    stale = [run for run in runs if run not in kept]
    artifacts = history.artifacts_of(kept)
    old = sorted({*pushed.values()} - needed)
    folders = [
        *sorted({*workspace.resolved.artifacts.glob("[!.]*/[!.]*/*")} - {*artifacts.values()}),
        *_abandoned(workspace, since=min(newest, default="")),
    ]
    gone = [
        *folders,
        *(workspace.root / "runs" / run for run in stale),
        *(workspace.serving / str(number) for number in old),
    ]
    gone = [folder for folder in gone if folder.is_dir()]
    cleaned = Cleaned(
        dry_run=dry_run,
        runs=stale,
        artifacts=len(folders),
        versions=[number for number in old if (workspace.serving / str(number)).is_dir()],
        bytes=sum(map(_size, gone)),
    )
    if not dry_run:
        drop_scratch(workspace)
        # The database first: after an interrupt, the next call finds the rest on the disk.
        history.forget(stale, keeping=artifacts)
        for folder in gone:
            shutil.rmtree(folder)
        for folder in sorted(workspace.artifacts.glob("*/.system/**/"), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()
    return cleaned


def _pushed(history: History, run: str) -> int | None:
    pusher = history.nodes(run).get("Pusher")
    return pusher.pushed_version if pusher and pusher.complete else None


def _abandoned(workspace: Workspace, *, since: str) -> Iterator[Path]:
    """Checkpoints of interrupted trainings, all of whose files are older than the kept runs."""
    log = workspace.root / "runs" / since
    if since and log.is_dir():
        began = min((path.stat().st_mtime for path in log.iterdir()), default=0.0)
        for folder in sorted(workspace.checkpoints.glob("*/")):
            if max(path.stat().st_mtime for path in (folder, *folder.rglob("*"))) < began:
                yield folder


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
