"""The whole pipeline on real clusters of Flink and Spark: the same examples, the same metrics.

What it does not show: machines of their own, images, and the jars that Beam publishes. The two
machines are processes of this one, and Beam's runner is a jar that pom.xml puts together.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.pipeline.beam.engines.cluster import Cluster
from tests.pipeline.beam.engines.flink import Flink
from tests.pipeline.beam.engines.parts import require_java
from tests.pipeline.beam.engines.spark import Spark
from tests.pipeline.beam.made import assert_same, examples_in, made_in, run
from tests.pipeline.digits_process import settings, start_digits
from tests.pipeline.small_run import SmallRun

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(3600)]

PATIENCE_S = 1800


@pytest.fixture(params=[Flink, Spark], ids=["flink", "spark"])
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster]:
    require_java()
    folder = tmp_path / "cluster"
    folder.mkdir()
    started = request.param(folder)
    try:
        started.start()
        yield started
    finally:
        started.stop()


def test_whole_pipeline_makes_the_same(
    cluster: Cluster, small_run: SmallRun, tmp_path: Path
) -> None:
    local = made_in(small_run.folder, small_run.summary)
    assert_same(run(tmp_path, *cluster.settings, patience_s=PATIENCE_S), local)
    assert all(cluster.workers_started(machine) for machine in (1, 2))


def test_machine_that_is_lost_while_examples_are_drawn_changes_none(
    cluster: Cluster, tmp_path: Path
) -> None:
    local, other = tmp_path / "local", tmp_path / "other"
    with drawing(local) as log:
        wait_until(lambda: "DigitExampleGen is done" in log())
    with drawing(other, *cluster.settings) as log:
        wait_until(lambda: all(cluster.workers_started(machine) for machine in (1, 2)))
        wait_until(lambda: written(other) > 2)
        cluster.lose(cluster.expendable())
        assert written(other) < 20, "all was drawn before"
        wait_until(lambda: "DigitExampleGen is done" in log())
    assert len(examples_in(local)) == 20_000 + 64
    assert examples_in(other) == examples_in(local)


@contextlib.contextmanager
def drawing(folder: Path, *over: str) -> Iterator[Callable[[], str]]:
    """A run in a folder, which ends with the block, and what its log says by now."""
    folder.mkdir()
    workspace = folder / "workspace"
    options = settings("splits.train=20000", *over)
    started = start_digits("run", "--workspace", str(workspace), *options, folder=folder)

    def log() -> str:
        assert started.process.is_alive(), (folder / "stderr").read_text()
        return "".join(path.read_text() for path in workspace.glob("runs/*/run.log"))

    try:
        yield log
    finally:
        started.kill()


def written(folder: Path) -> int:
    """Files of the training split, of a thousand examples each."""
    return len(list(folder.glob("workspace/artifacts/DigitExampleGen/examples/*/Split-train/*")))


def wait_until(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.2)
