"""Runs on a Beam job service on loopback: in this process, and in a pool of worker processes.

The pool is what stands beside a Flink task manager. Workers that cannot start hang, hence the
timeouts of `Started.wait`.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import tensorflow as tf
from digits_process import settings, start_digits

pytestmark = pytest.mark.slow

# What Beam's own `boot` does in an image. TFDV 1.16.1 needs tfx to be imported first; the image
# has 1.21, which does not.
WORKER = """#!{python}
import argparse
import tfx.components
from apache_beam.runners.worker.sdk_worker import SdkHarness

parser = argparse.ArgumentParser()
parser.add_argument("--id")
parser.add_argument("--control_endpoint")
given, _ = parser.parse_known_args()
print("worker", given.id, flush=True)
SdkHarness(given.control_endpoint, worker_id=given.id).run()
"""
PATIENCE_S = 60


def free_port() -> int:
    with socket.create_server(("localhost", 0)) as taken:
        return int(taken.getsockname()[1])


def listening(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("localhost", port)) == 0


@pytest.fixture(scope="module")
def beam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int, Path]]:
    """The ports of a job service and of a worker pool, and the log of the latter."""
    folder = tmp_path_factory.mktemp("beam")
    worker = folder / "worker"
    worker.write_text(WORKER.format(python=sys.executable))
    worker.chmod(0o755)
    jobs, pool = free_port(), free_port()
    commands = (
        ["apache_beam.runners.portability.local_job_service_main", "--port", str(jobs)],
        [
            *("apache_beam.runners.worker.worker_pool_main", "--service_port", str(pool)),
            *("--container_executable", str(worker)),
        ],
    )
    log = folder / "log"
    with log.open("w") as said:
        started = [
            subprocess.Popen([sys.executable, "-m", *command], stdout=said, stderr=said)
            for command in commands
        ]
        try:
            deadline = time.monotonic() + PATIENCE_S
            while not (listening(jobs) and listening(pool)):
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            yield jobs, pool, log
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The examples that this process makes itself."""
    folder = tmp_path_factory.mktemp("local")
    run = ["run", "--workspace", str(folder / "workspace")]
    ended = start_digits(*run, *settings(), folder=folder).wait()
    assert ended.code == 0, ended.stderr
    return examples(folder / "workspace")


def examples(workspace: Path) -> list[bytes]:
    """Serialized examples; a runner may spread them over files as it likes."""
    files = sorted(workspace.glob("artifacts/DigitExampleGen/examples/*/Split-*/data_tfrecord-*"))
    records = tf.data.TFRecordDataset([str(file) for file in files], "GZIP")
    return sorted(records.as_numpy_iterator())


@pytest.mark.parametrize("environment", ["loopback", "external"])
def test_whole_pipeline_on_a_job_service_makes_the_same_examples(
    environment: str, beam: tuple[int, int, Path], local: list[bytes], tmp_path: Path
) -> None:
    jobs, pool, log = beam
    workspace = tmp_path / "workspace"
    ended = start_digits(
        *("run", "--workspace", str(workspace)),
        *settings(
            "beam.runner=portable",
            f"beam.job_server=localhost:{jobs}",
            f"beam.environment={environment}",
            f"beam.worker_pool=localhost:{pool}",
        ),
        folder=tmp_path,
    ).wait()
    assert ended.code == 0, ended.stderr
    assert len(local) == 256 + 64
    assert examples(workspace) == local
    assert list(workspace.glob("serving/digits/*/saved_model.pb"))
    assert ("Starting worker with command" in log.read_text()) == (environment == "external")


def test_job_service_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    port = free_port()
    ended = start_digits(
        *("run", "--workspace", str(tmp_path / "workspace")),
        *settings("beam.runner=portable", f"beam.job_server=localhost:{port}"),
        folder=tmp_path,
    ).wait()
    assert ended.code == 1
    (sentence,) = ended.stderr.splitlines()
    assert sentence.startswith(
        f"digits: the Beam job service at beam.job_server, localhost:{port}, cannot be reached: "
    )
