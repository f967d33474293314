"""Real clusters of two machines, as processes of this one: Flink's and Spark's own programs.

A machine is a task manager (Flink) or a worker (Spark) with a pool of Beam workers beside it. The
config names one address for all pools, which each machine resolves to its own, by Java's own file
of hosts.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.pipeline.beam.engines.parts import HERE
from tests.pipeline.beam.services import free_port, listening, write_boot

MACHINES = 2
POOL = "pool"
PATIENCE_S = 180
# What both engines need of Java 17; their own shell scripts would open more.
_OPENED = (
    *(f"java.{name}" for name in ("lang", "lang.invoke", "lang.reflect", "io", "net", "nio")),
    *(f"java.{name}" for name in ("math", "text", "time", "util", "util.concurrent")),
    *("sun.nio.ch", "sun.nio.cs", "sun.util.calendar"),
)
JAVA_OPTIONS = " ".join(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED)


class Cluster(ABC):
    """A head and two machines, until it is stopped."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.pool_port = free_port()
        self._worker = write_boot(folder)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    @abstractmethod
    def settings(self) -> list[str]:
        """The settings of a run on it."""

    @abstractmethod
    def start(self) -> None:
        """Returns when both machines have joined."""

    @abstractmethod
    def expendable(self) -> int:
        """A machine whose loss the engine can bear now."""

    def stop(self) -> None:
        for name in [*self._processes]:
            self._end(name)

    def lose(self, machine: int) -> None:
        """Kills all that runs on a machine, at once."""
        for name in (f"machine-{machine}", f"pool-{machine}"):
            self._end(name)

    def workers_started(self, machine: int) -> int:
        return (self.folder / f"pool-{machine}.log").read_text().count("Starting worker")

    def _start_machine(self, machine: int, command: Sequence[str], **environment: str) -> None:
        address = f"127.0.0.{machine}"
        hosts = self.folder / f"hosts-{machine}"
        names = {"localhost": "127.0.0.1", socket.gethostname(): "127.0.0.1", POOL: address}
        hosts.write_text("".join(f"{to} {name}\n" for name, to in names.items()))
        pool = [sys.executable, str(HERE / "pool.py"), f"{address}:{self.pool_port}"]
        self._spawn(f"pool-{machine}", [*pool, str(self._worker)], {})
        self._spawn(
            f"machine-{machine}",
            command,
            {"JAVA_TOOL_OPTIONS": f"{JAVA_OPTIONS} -Djdk.net.hosts.file={hosts}", **environment},
        )
        self._wait(lambda: listening(self.pool_port, address))

    def _end(self, name: str) -> None:
        process = self._processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _spawn(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        with (self.folder / f"{name}.log").open("w") as log:
            self._processes[name] = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, **environment},
                start_new_session=True,
            )

    def _wait(self, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not ready():
            for name, process in self._processes.items():
                assert process.poll() is None, (self.folder / f"{name}.log").read_text()
            assert time.monotonic() < deadline, f"no cluster; the logs are in {self.folder}"
            time.sleep(0.5)
