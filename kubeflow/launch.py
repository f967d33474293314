"""Two ways to start a container's command here: in this process, or in one of its own."""

import contextlib
import importlib.util
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

TIMEOUT_S = 1800


class ContainerFailedError(Exception):
    """A command ended with an error; the message is the end of what it said."""


def in_this_process(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Runs `python -m MODULE ARGUMENTS` in this process: as real, without imports each time."""
    _, module = _python_module(command)
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ContainerFailedError(f"there is no module {module}")
    with _set(environment), _arguments([spec.origin, *command[3:]]):
        try:
            runpy.run_path(spec.origin, run_name="__main__")
        except SystemExit as ended:
            if ended.code:
                raise ContainerFailedError(f"{module} ended with {ended.code}") from ended


def in_own_process(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Runs `python -m MODULE ARGUMENTS` as a container would, in a process of its own."""
    flag, module = _python_module(command)
    ended = subprocess.run(
        [sys.executable, flag, module, *command[3:]],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    if ended.returncode:
        raise ContainerFailedError(
            f"{module} ended with {ended.returncode}:\n{ended.stderr[-4000:]}"
        )


def _python_module(command: Sequence[str]) -> tuple[str, str]:
    if tuple(command[:2]) != ("python", "-m"):
        raise ContainerFailedError(f"{command[0]} is not `python -m`; only that is run here")
    return command[1], command[2]


@contextlib.contextmanager
def _arguments(argv: list[str]) -> Iterator[None]:
    before = sys.argv
    sys.argv = argv
    try:
        yield
    finally:
        sys.argv = before


@contextlib.contextmanager
def _set(environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
