"""A container's command, run on this machine in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from kubeflow.spec_file import FAILURE
from vocabulary.parent import for_children

_LONGEST = 2000


class StepFailedError(Exception):
    """A command failed; the message says why."""

    def __init__(self, task: str, reason: str):
        super().__init__(reason)
        self.task = task


def run_container(
    task: str, command: Sequence[str], environment: Mapping[str, str], *, log: Path
) -> None:
    """Runs `python -m MODULE ARGUMENTS` with the Python of this process.

    Args:
        task: that the command is of.
        command: with its placeholders filled.
        environment: variables over those of this process.
        log: what the command prints is added to this file.

    Raises:
        StepFailedError: if it ends with another status than 0.
    """
    with log.open("ab") as file:
        ended = subprocess.run(
            [sys.executable, *command[1:]],
            env={**os.environ, **environment, **for_children()},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            check=False,
        )
    if ended.returncode:
        raise StepFailedError(task, reason(ended.returncode, log.read_text(errors="replace")))


def reason(status: int, text: str) -> str:
    """Why a command failed, from its exit status and its log."""
    if status < 0:
        return f"it was ended by {signal.Signals(-status).name}"
    _, mark, sentence = f"\n{text}".rpartition(f"\n{FAILURE}")
    if not mark:
        sentence = next((line for line in text.splitlines()[::-1] if line.strip()), "")
    return sentence.strip()[:_LONGEST] or f"it ended with status {status} and printed nothing"
