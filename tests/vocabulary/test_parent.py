"""Processes that end with the one that they work for: killed, or when it says so."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

PATIENCE_S = 60

CHILD = (
    "from vocabulary.parent import end_with_parent; end_with_parent(); "
    "import os, time; os.write(1, b'ready\\n'); time.sleep(600)"
)
PARENT = f"""
import os, subprocess, sys, time
from vocabulary.parent import end_children, for_children

child = [sys.executable, "-c", {CHILD!r}]
others = [subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])]
os.environ.update(for_children())
# As Beam starts its workers; the second command keeps the shell from becoming the first.
through_shell = ["sh", "-c", '"$@"; true', "sh", *child]
children = [subprocess.Popen(command) for command in (child, through_shell)]
print(others[0].pid, flush=True)
if sys.stdin.readline():
    end_children()
    for process in children:
        process.wait()
    time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, "said so"])
def test_children_end_with_their_parent_through_a_shell_too(how: object) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        lines = sorted(parent.stdout.readline().strip() for _ in range(3))
        other, *ready = lines
        assert ready == ["ready", "ready"]
        started = psutil.Process(parent.pid).children(recursive=True)
        stranger = psutil.Process(int(other))
        try:
            if isinstance(how, signal.Signals):
                parent.send_signal(how)
            else:
                parent.stdin.write("end\n")
                parent.stdin.flush()
            _, alive = psutil.wait_procs(set(started) - {stranger}, timeout=PATIENCE_S)
            assert alive == []
            assert stranger.is_running()  # was started before, and told nothing
            assert (parent.poll() is None) == (how == "said so")
        finally:
            stranger.kill()
            parent.kill()


def test_child_of_a_parent_that_is_gone_ends_at_once() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    ended = subprocess.run(
        [sys.executable, "-c", CHILD],
        env={**os.environ, "DIGITS_PARENT": str(gone.pid)},
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 1
