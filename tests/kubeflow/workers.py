"""Commands that train together, each in a process of its own, as on Vertex or in a cluster."""

import os
import random
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence

PATIENCE_S = 600


def run_together(commands: Sequence[tuple[Sequence[str], Mapping[str, str]]]) -> list[int]:
    """Runs `python ...` commands with their environments at once; gives their exit codes."""
    processes = [
        subprocess.Popen([sys.executable, *command[1:]], env={**os.environ, **environment})
        for command, environment in commands
    ]
    try:
        return [process.wait(PATIENCE_S) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def free_ports() -> str:
    """`localhost:1234`, so that with a 0 or a 1 after it both ports are free."""
    while True:
        port = random.randrange(2000, 6000)
        try:
            for last in (0, 1):
                socket.create_server(("localhost", 10 * port + last)).close()
        except OSError:
            continue
        return f"localhost:{port}"
