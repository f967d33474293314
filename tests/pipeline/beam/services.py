"""Programs that stand beside a run on Beam: whatever listens on a port, and what a pool starts."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

# What Beam's own `boot` does in an image: sdks/python/container/boot.go.
_WORKER = """#!{python}
import argparse
import os
import sys

import grpc
from apache_beam.portability.api import beam_provision_api_pb2, beam_provision_api_pb2_grpc
from google.protobuf import json_format

parser = argparse.ArgumentParser()
for name in ("id", "provision_endpoint", "control_endpoint", "logging_endpoint"):
    parser.add_argument("--" + name)
given, _ = parser.parse_known_args()
print("worker", given.id, flush=True)
channel = grpc.insecure_channel(given.provision_endpoint)
provision = beam_provision_api_pb2_grpc.ProvisionServiceStub(channel)
request = beam_provision_api_pb2.GetProvisionInfoRequest()
info = provision.GetProvisionInfo(request, metadata=[("worker_id", given.id)]).info
os.environ.update(
    WORKER_ID=given.id,
    PIPELINE_OPTIONS=json_format.MessageToJson(info.pipeline_options),
    CONTROL_API_SERVICE_DESCRIPTOR='url: "' + given.control_endpoint + '"',
    LOGGING_API_SERVICE_DESCRIPTOR='url: "' + given.logging_endpoint + '"',
)
os.execv(sys.executable, [sys.executable, "-m", "apache_beam.runners.worker.sdk_worker_main"])
"""
PATIENCE_S = 60


def write_worker(folder: Path) -> Path:
    """A program for a pool to start, in place of Beam's own `boot`."""
    worker = folder / "worker"
    worker.write_text(_WORKER.format(python=sys.executable))
    worker.chmod(0o755)
    return worker


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
