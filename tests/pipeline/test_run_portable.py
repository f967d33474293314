"""Runs on a Beam job service on loopback: in this process, and in a pool of worker processes.

The pool is what stands beside a Flink task manager. Workers that cannot start hang, hence the
timeouts of `Started.wait`.
"""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import tensorflow as tf
from digits_process import settings, start_digits

from pipeline.beam_args import beam_pipeline_args
from pipeline.config_file import read_config
from pipeline.errors import UserError
from pipeline.worker_pool import require_workers

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


@contextlib.contextmanager
def serving(log: Path, port: int, module: str, *arguments: str) -> Iterator[None]:
    """A module of Beam's that listens on a port."""
    command = [sys.executable, "-m", f"apache_beam.runners.{module}", *arguments]
    with log.open("a") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        try:
            deadline = time.monotonic() + PATIENCE_S
            while not listening(port):
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


@contextlib.contextmanager
def worker_pool(worker: str, log: Path) -> Iterator[int]:
    """The port of a pool that starts a program for each worker."""
    port = free_port()
    options = ("--service_port", str(port), "--container_executable", worker)
    with serving(log, port, "worker.worker_pool_main", *options):
        yield port


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a job service."""
    port, log = free_port(), tmp_path_factory.mktemp("jobs") / "log"
    with serving(log, port, "portability.local_job_service_main", "--port", str(port)):
        yield port


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of a pool that works, and its log."""
    folder = tmp_path_factory.mktemp("pool")
    worker = folder / "worker"
    worker.write_text(WORKER.format(python=sys.executable))
    worker.chmod(0o755)
    with worker_pool(str(worker), folder / "log") as port:
        yield port, folder / "log"


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
    environment: str, jobs: int, pool: tuple[int, Path], local: list[bytes], tmp_path: Path
) -> None:
    port, log = pool
    workspace = tmp_path / "workspace"
    ended = start_digits(
        *("run", "--workspace", str(workspace)),
        *settings(
            "beam.runner=portable",
            f"beam.job_server=localhost:{jobs}",
            f"beam.environment={environment}",
            f"beam.worker_pool=localhost:{port}",
        ),
        folder=tmp_path,
    ).wait()
    assert ended.code == 0, ended.stderr
    assert len(local) == 256 + 64
    assert examples(workspace) == local
    assert list(workspace.glob("serving/digits/*/saved_model.pb"))
    assert ("Starting worker with command" in log.read_text()) == (environment == "external")


def arguments(jobs: int, pool: int) -> list[str]:
    settings = [
        "beam.runner=portable",
        f"beam.job_server=localhost:{jobs}",
        "beam.environment=external",
        f"beam.worker_pool=localhost:{pool}",
    ]
    return beam_pipeline_args(read_config(None, settings).beam)


def test_pool_that_starts_no_workers_is_a_sentence_and_no_wait_for_ever(
    jobs: int, tmp_path: Path
) -> None:
    with (
        worker_pool("/bin/false", tmp_path / "log") as pool,
        pytest.raises(UserError, match=rf"localhost:{pool}, has started no worker in 3 s; look"),
    ):
        require_workers(arguments(jobs, pool), patience_s=3)


def test_pool_that_is_not_there_is_a_sentence(jobs: int) -> None:
    pool = free_port()
    with pytest.raises(UserError, match=rf"localhost:{pool}, cannot work: ") as caught:
        require_workers(arguments(jobs, pool), patience_s=30)
    assert "\n" not in str(caught.value)


def test_job_service_that_cannot_be_given_artefacts_is_a_sentence(jobs: int) -> None:
    nowhere = f"--artifact_endpoint=localhost:{free_port()}"
    with pytest.raises(UserError, match=r"the job service at beam.job_server, .*: ") as caught:
        require_workers([*arguments(jobs, free_port()), nowhere], patience_s=30)
    assert "\n" not in str(caught.value)


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
