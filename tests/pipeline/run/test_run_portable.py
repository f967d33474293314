"""Runs on every Beam runner that a machine alone can start: the same examples, the same metrics.

In processes of Beam's, and on a job service on loopback, Beam's own in Python or Prism, which is
written in Go: in this process, and in a pool of worker processes, which is what stands beside a
Flink task manager. Workers that cannot start hang, hence the timeouts of `Started.wait`.
"""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.beam.arguments import beam_pipeline_args
from pipeline.beam.services import require_job_service, require_workers
from pipeline.config.file import read_config
from tests.pipeline.beam.made import Made, assert_same, made_in, run
from tests.pipeline.beam.services import PATIENCE_S, built_by_go, free_port, serving, write_boot
from tests.pipeline.small_run import SmallRun
from vocabulary.errors import UserError

pytestmark = pytest.mark.slow


def beam_module(name: str) -> list[str]:
    return [sys.executable, "-m", f"apache_beam.runners.{name}"]


@contextlib.contextmanager
def worker_pool(worker: str, log: Path) -> Iterator[int]:
    """The port of a pool that starts a program for each worker."""
    port = free_port()
    options = ("--service_port", str(port), "--container_executable", worker)
    with serving(log, port, *beam_module("worker.worker_pool_main"), *options):
        yield port


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a job service."""
    port, log = free_port(), tmp_path_factory.mktemp("jobs") / "log"
    command = beam_module("portability.local_job_service_main")
    with serving(log, port, *command, "--port", str(port)):
        yield port


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of Prism's job service."""
    port, folder = free_port(), tmp_path_factory.mktemp("prism")
    command = [str(built_by_go("go/cmd/prism", folder)), f"-job_port={port}", "-serve_http=false"]
    with serving(folder / "log", port, *command):
        yield port


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of a pool that works, and its log."""
    folder = tmp_path_factory.mktemp("pool")
    with worker_pool(str(write_boot(folder)), folder / "log") as port:
        yield port, folder / "log"


@pytest.fixture(scope="module")
def local(small_run: SmallRun) -> Made:
    """What a run makes that starts no workers."""
    return made_in(small_run.folder, small_run.summary)


def test_whole_pipeline_in_processes_makes_the_same(local: Made, tmp_path: Path) -> None:
    assert_same(run(tmp_path, "beam.runner=local_processes", "beam.workers=2"), local)


@pytest.mark.proof
@pytest.mark.parametrize("environment", ["loopback", "external"])
@pytest.mark.parametrize("service", ["jobs", "prism"])
def test_whole_pipeline_on_a_job_service_makes_the_same(
    service: str,
    environment: str,
    pool: tuple[int, Path],
    local: Made,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    port, log = pool
    started = log.read_text().count("Starting worker with command")
    made = run(
        tmp_path,
        "beam.runner=portable",
        f"beam.job_server=localhost:{request.getfixturevalue(service)}",
        f"beam.environment={environment}",
        f"beam.worker_pool=localhost:{port}",
    )
    assert_same(made, local)
    workers = log.read_text().count("Starting worker with command") - started
    assert (workers > 0) == (environment == "external")


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
        pytest.raises(UserError, match=rf"localhost:{pool}, has started no worker in 3 s; see"),
    ):
        require_workers(arguments(jobs, pool), timeout_s=3)


def test_pool_whose_workers_cannot_load_the_steps_is_a_sentence(jobs: int, tmp_path: Path) -> None:
    """Without a program of its own a pool starts workers that read no options of Beam's."""
    port = free_port()
    with (
        serving(
            tmp_path / "log",
            port,
            *beam_module("worker.worker_pool_main"),
            *("--service_port", str(port)),
        ),
        pytest.raises(
            UserError, match=r"do not import what --beam_plugins names, .*boot"
        ) as output,
    ):
        require_workers(arguments(jobs, port), timeout_s=PATIENCE_S)
    assert "\n" not in str(output.value)


def test_pool_that_is_not_there_is_a_sentence(jobs: int) -> None:
    pool = free_port()
    with pytest.raises(UserError, match=rf"localhost:{pool}, does not work: ") as caught:
        require_workers(arguments(jobs, pool), timeout_s=30)
    assert "\n" not in str(caught.value)


def test_job_service_that_cannot_be_given_artefacts_is_a_sentence(jobs: int) -> None:
    nowhere = f"--artifact_endpoint=localhost:{free_port()}"
    with pytest.raises(UserError, match=r"the job service at beam.job_server, .*: ") as caught:
        require_workers([*arguments(jobs, free_port()), nowhere], timeout_s=30)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("runner", "service"),
    [
        ("portable", "Beam job service at beam.job_server, "),
        ("flink", "Flink cluster at beam.master, "),
        ("spark", "Spark cluster at beam.master, http://"),
    ],
)
def test_service_that_is_not_there_is_a_sentence(runner: str, service: str) -> None:
    address = f"localhost:{free_port()}"
    master = f"http://{address}" if runner == "spark" else address
    options = [f"beam.runner={runner}", f"beam.job_server={address}", f"beam.master={master}"]
    with pytest.raises(UserError) as caught:
        require_job_service(read_config(None, options).beam)
    (sentence,) = str(caught.value).splitlines()
    assert sentence.startswith(f"the {service}{address}, cannot be reached: ")
