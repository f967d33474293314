"""Ends a process together with the one that it works for, however that one ends.

A signal handler does not see SIGKILL, nor can a child ask for a signal at its parent's death where
a shell stands between the two, as with Beam's workers. So the parent leaves its number in the
environment, and the child waits for that process from a thread. Linux alone; elsewhere a child
lives on.
"""

import contextlib
import os
import select
import signal
import threading
from pathlib import Path
from typing import Final

_PARENT: Final = "DIGITS_PARENT"


def for_children() -> dict[str, str]:
    """What a process adds to the environment of those that are to end with it."""
    return {_PARENT: str(os.getpid())}


def end_children() -> None:
    """Ends all that this process has started with `for_children`, and what they have started."""
    mark = f"{_PARENT}={os.getpid()}".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it has ended, or is somebody else's
            pid = int(environment.parent.name)
            if pid != os.getpid() and mark in environment.read_bytes().split(b"\0"):
                os.kill(pid, signal.SIGKILL)


def end_with_parent() -> None:
    """From now on this process ends when the one does that `for_children` names, if it was told.

    At once, in the middle of whatever it does: nobody waits for the result.
    """
    parent = os.environ.get(_PARENT)
    if parent and hasattr(os, "pidfd_open"):
        threading.Thread(target=_wait, args=(int(parent),), name="parent", daemon=True).start()


def _wait(pid: int) -> None:
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:  # gone before this process was ready
        os._exit(1)
    except OSError:  # a kernel before 5.3, or a sandbox that lacks the call
        return
    ended = select.poll()
    ended.register(process, select.POLLIN)
    ended.poll()
    os._exit(1)
