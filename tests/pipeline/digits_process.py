"""`digits` as a process of its own.

`run_digits` is what a user types. `start_digits` is the same command in a process that is forked
from one in which TFX is loaded already: as real, and 15 seconds sooner.
"""

import ctypes
import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIGITS = Path(sys.executable).with_name("digits")
SMALL = (
    "splits.train=256",
    "splits.eval=64",
    "training.epochs=1",
    "training.batch_size=32",
    "model.kind=lab",
    "evaluation.bars.accuracy=0",
    "evaluation.bars.mean_iou=0",
    "evaluation.margin=1",
)
COMPONENTS = (
    "DigitExampleGen",
    "DigitSchemaGen",
    "StatisticsGen",
    "ExampleValidator",
    "Transform",
    "Trainer",
    "Champion",
    "DistributionValidator",
    "Evaluator",
    "InfraValidator",
    "Pusher",
    "Report",
)
PATIENCE_S = 300

FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["pipeline.run.run"])
_CLONE_NEWNS = 0x20000


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code (minus a signal) and all that it said."""

    code: int
    stdout: str
    stderr: str


class Started:
    """A process under way."""

    def __init__(self, process: multiprocessing.Process, folder: Path):
        self.process = process
        self._folder = folder

    def kill(self) -> Ended:
        """SIGKILL."""
        self.process.kill()
        return self.wait()

    def wait(self, patience_s: float = PATIENCE_S) -> Ended:
        self.process.join(patience_s)
        code = self.process.exitcode
        assert code is not None, "still running"
        texts = ((self._folder / name).read_text() for name in ("stdout", "stderr"))
        return Ended(code, *texts)


def settings(*over: str) -> list[str]:
    """`--set` options: a small run, and settings over it."""
    return [part for setting in (*SMALL, *over) for part in ("--set", setting)]


def start_digits(
    *arguments: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    namespace: Path | None = None,
) -> Started:
    """Starts `digits`; its output goes to files in a folder.

    A run's folder is named by the second, hence the short wait.
    """
    time.sleep(1.0 - time.time() % 1.0)
    process = FORKING.Process(
        target=_digits, args=(arguments, folder, dict(environment or {}), namespace)
    )
    process.start()
    return Started(process, folder)


def digits(
    command: str, *arguments: str, workspace: Path, environment: Mapping[str, str] | None = None
) -> Ended:
    """A command on a workspace, from its start to its end; its output goes beside the workspace."""
    arguments = (command, *arguments, "--workspace", str(workspace))
    return start_digits(*arguments, folder=workspace.parent, environment=environment).wait()


def run_pipeline(workspace: Path, *over: str) -> dict[str, Any]:
    """A small run, with settings over it, that ends with a verdict; the summary that it prints."""
    ended = digits("run", "--json", *settings(*over), workspace=workspace)
    assert ended.code in (0, 3), ended.stderr  # 3: the model did not pass
    summary: dict[str, Any] = json.loads(ended.stdout)
    return summary


def run_digits(*arguments: str, cwd: Path | None = None) -> Ended:
    """The console script, from the start to the end."""
    done = subprocess.run(
        [DIGITS, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=PATIENCE_S,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def wait_for(component: str, *, workspace: Path, runs_before: int) -> None:
    """Returns as soon as the log of the run after `runs_before` others says a component runs."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for log in sorted(workspace.glob("runs/*/run.log"))[runs_before:]:
            if f"{component} begins" in log.read_text(errors="replace"):
                return
        time.sleep(0.001)
    raise AssertionError(f"{component} never ran")


def runs(workspace: Path) -> list[str]:
    """The ids of all runs, oldest first."""
    return sorted(path.name for path in (workspace / "runs").iterdir())


def half_written(workspace: Path) -> list[Path]:
    """What lies under artifacts of executions that are not complete, and half-copied versions.

    TFX leaves empty folders of its own (`.system`) behind a failure.
    """
    from pipeline.workspace.history import History
    from pipeline.workspace.workspace import Workspace

    history = History(Workspace(workspace))
    nodes = [node for run in runs(workspace) for node in history.nodes(run).values()]
    complete = {str(node.execution_id) for node in nodes if node.state == "complete"}
    outputs = workspace.glob("artifacts/*/[!.]*/*")
    scratch = (path for path in workspace.glob("artifacts/*/.system/**/*") if path.is_file())
    versions = workspace.glob("serving/digits/[!b]*")  # but for those that were set aside
    return [
        *(path for path in outputs if path.name not in complete),
        *scratch,
        *(path for path in versions if not (path / "saved_model.pb").is_file()),
    ]


def _digits(
    arguments: tuple[str, ...], folder: Path, environment: dict[str, str], namespace: Path | None
) -> None:
    for name, fd in (("stdout", 1), ("stderr", 2)):
        os.dup2(os.open(folder / name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644), fd)
    if namespace:
        entered = ctypes.CDLL(None).setns(os.open(namespace, os.O_RDONLY), _CLONE_NEWNS)
        assert entered == 0, "the mount namespace could not be entered"
    os.chdir(folder)  # what a relative path names is not of the repository
    os.environ.update(environment)
    sys.path[:0] = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.argv = ["digits", *arguments]
    from cli.app import app

    app(list(arguments))
