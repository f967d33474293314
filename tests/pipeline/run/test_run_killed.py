"""Runs that are killed, interrupted or kept out: nothing half-written, and the next run works."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from pipeline.workspace.history import History
from pipeline.workspace.workspace import Workspace
from tests.pipeline.digits_process import (
    DIGITS,
    PATIENCE_S,
    Ended,
    half_written,
    run_digits,
    runs,
    settings,
    start_digits,
    wait_for,
)

pytestmark = pytest.mark.slow

INTO_S = {
    "DigitExampleGen": 0.1,
    "StatisticsGen": 0.5,
    "Transform": 0.8,
    "Trainer": 1.0,
    "Evaluator": 0.5,
    "InfraValidator": 0.0,
    "Pusher": 0.0,
    "Report": 0.3,
}
"""How far into a component the kill comes; the others take a few milliseconds in all."""

INTO_WORKERS_S = 6.0

LONG = "training.epochs=500"


class Killed(NamedTuple):
    folder: Path
    workspace: Path
    kills: list[Ended]
    after: Ended


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Killed:
    """One run killed inside each component in turn, and one that is left to finish."""
    folder = tmp_path_factory.mktemp("killed")
    workspace = folder / "workspace"
    arguments = ["run", "--workspace", str(workspace), *settings()]
    kills = []
    for done, component in enumerate(INTO_S):
        process = start_digits(*arguments, folder=folder)
        wait_for(component, workspace=workspace, runs_before=done)
        time.sleep(INTO_S[component])
        kills.append(process.kill())
    return Killed(folder, workspace, kills, start_digits(*arguments, folder=folder).wait())


def test_kill_strikes_inside_the_components(killed: Killed) -> None:
    assert {kill.code for kill in killed.kills} == {-signal.SIGKILL}
    history = History(Workspace(killed.workspace))
    struck = {
        node.id
        for run in runs(killed.workspace)
        for node in history.nodes(run).values()
        if node.state == "interrupted"
    }
    assert {"StatisticsGen", "Transform", "Trainer", "Evaluator"} <= struck


def test_run_after_kills_succeeds_and_goes_on_from_the_cache(killed: Killed) -> None:
    assert killed.after.code == 0, killed.after.stderr
    history = History(Workspace(killed.workspace))
    nodes = history.nodes(runs(killed.workspace)[-1])
    assert {node.state for node in nodes.values()} == {"complete"}
    assert nodes["Transform"].cached
    assert nodes["Trainer"].cached


def test_killed_runs_leave_nothing_half_written(killed: Killed) -> None:
    assert half_written(killed.workspace) == []
    assert len(list(killed.workspace.glob("serving/digits/*/saved_model.pb"))) == 1


@contextlib.contextmanager
def under_way(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The console script as a user starts it; killed at the end, if it has not ended by then."""
    with subprocess.Popen(
        [DIGITS, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


class Interrupted(NamedTuple):
    first: Ended
    beside: Ended
    after: Ended
    half_written: list[Path]


@pytest.fixture(scope="module")
def interrupted(killed: Killed) -> Interrupted:
    """A run in its Trainer, a second one beside it, Ctrl-C to the first, and a run after both."""
    place = ["run", "--workspace", str(killed.workspace)]
    before = len(runs(killed.workspace))
    with under_way(*place, *settings(LONG)) as first:
        wait_for("Trainer", workspace=killed.workspace, runs_before=before)
        beside = run_digits(*place, *settings())
        time.sleep(2.0)
        first.send_signal(signal.SIGINT)
        output, error = first.communicate(timeout=PATIENCE_S)
    left = half_written(killed.workspace)
    after = start_digits(*place, *settings(), folder=killed.folder).wait()
    return Interrupted(Ended(first.returncode, output, error), beside, after, left)


def test_signal_is_one_sentence_and_exit_code_130(interrupted: Interrupted) -> None:
    *lines, last = interrupted.first.stderr.splitlines()
    assert interrupted.first.code == 130, interrupted.first.stderr
    assert last.startswith("digits: interrupted; ")
    assert all(line.startswith("✓ ") for line in lines), lines
    assert interrupted.first.stdout == ""


def test_interrupted_run_clears_up_and_the_next_one_works(interrupted: Interrupted) -> None:
    assert interrupted.half_written == []
    assert interrupted.after.code == 0, interrupted.after.stderr


def test_second_run_in_a_workspace_says_so_and_stops(interrupted: Interrupted) -> None:
    assert interrupted.beside.code == 1
    assert interrupted.beside.stderr.startswith("digits: another run is using the workspace ")
    assert len(interrupted.beside.stderr.splitlines()) == 1
    assert interrupted.beside.stdout == ""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_of_beam_end_with_the_run(number: signal.Signals, tmp_path: Path) -> None:
    """The signal goes to the main process alone; SIGTERM is what service managers send."""
    over = settings("beam.runner=local_processes", "beam.workers=2", "splits.train=50000")
    with under_way("run", "--workspace", str(tmp_path / "workspace"), *over) as run:
        workers = workers_of(run.pid)
        run.send_signal(number)
        _, alive = psutil.wait_procs(workers, timeout=PATIENCE_S)
        assert alive == []
        _, error = run.communicate(timeout=PATIENCE_S)
    if number != signal.SIGKILL:
        assert run.returncode == 130
        assert error.startswith("digits: interrupted; ")
        assert half_written(tmp_path / "workspace") == []


def workers_of(pid: int) -> list[psutil.Process]:
    """All that a run has started, when two workers of Beam have been among them for a while."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(psutil.NoSuchProcess):  # others come and go
            started = psutil.Process(pid).children(recursive=True)
            workers = [p for p in started if "apache_beam.runners.worker" in " ".join(p.cmdline())]
            if sum(time.time() - p.create_time() > INTO_WORKERS_S for p in workers) >= 2:
                return started
        time.sleep(0.1)
    raise AssertionError("no workers were started")
