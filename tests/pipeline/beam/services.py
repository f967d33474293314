"""Programs that stand beside a run on Beam: whatever listens on a port, and what a pool starts."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import apache_beam as beam
import pytest

PATIENCE_S = 60


def built_by_go(package: str, folder: Path) -> Path:
    """A program that Beam has in Go, of the version of Beam that is installed."""
    if not shutil.which("go"):
        pytest.skip(f"Beam's {package} is built by Go, which is not installed")
    module = f"github.com/apache/beam/sdks/v2/{package}@v{beam.__version__}"
    subprocess.run(["go", "install", module], check=True, env={**os.environ, "GOBIN": str(folder)})
    return folder / Path(package).name


def write_boot(folder: Path) -> Path:
    """What a pool starts in Beam's images, `boot`: here with this Python and folders of its own."""
    boot = folder / "boot"
    program = built_by_go("python/container", folder)
    boot.write_text(
        "#!/bin/sh\n"
        f"export PATH={Path(sys.executable).parent}:$PATH RUN_PYTHON_SDK_IN_DEFAULT_ENVIRONMENT=1\n"
        f"cd $(mktemp -d {folder}/XXXXXX)\n"
        f'exec {program} --semi_persist_dir=$PWD "$@"\n'
    )
    boot.chmod(0o755)
    return boot


def free_port() -> int:
    with socket.create_server(("localhost", 0)) as taken:
        return int(taken.getsockname()[1])


def listening(port: int, host: str = "localhost") -> bool:
    with socket.socket() as tried:
        return tried.connect_ex((host, port)) == 0


@contextlib.contextmanager
def serving(log: Path, port: int, *command: str) -> Iterator[None]:
    """A program that listens on a port."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # a pool starts `python`
    with log.open("a") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env={**os.environ, "PATH": path}
        )
        try:
            deadline = time.monotonic() + PATIENCE_S
            while not listening(port):
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
