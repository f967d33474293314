"""Fixtures that several folders share."""

from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from cli.garbage import collect_garbage_less_often
from pipeline.config.config import Config
from pipeline.config.file import read_config
from tests.pipeline.small_run import SmallRun, make_longer, make_small

collect_garbage_less_often()
# No time limit: how long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

Configure = Callable[..., Config]


@pytest.fixture
def configure() -> Configure:
    """The default config with settings over it: `configure("splits.train=10", ...)`."""

    def build(*settings: str) -> Config:
        return read_config(None, settings)

    return build


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder for all of xdist's workers."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def small_run(shared_folder: Path) -> SmallRun:
    """A workspace after one run; to be copied, for others read it, too."""
    return make_small(shared_folder)


@pytest.fixture(scope="session")
def longer_run(shared_folder: Path, small_run: SmallRun) -> SmallRun:
    """A copy of it after a second run, of a longer training."""
    return make_longer(shared_folder, small_run)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of some tests.

    `--url`, and `--grpc` beside it: a server that runs already, for the conformance test.
    `--litert`: a folder of npm's packages, for what runs a model in a browser.
    """
    parser.addoption("--url", help="REST address of a server, as http://127.0.0.1:8501")
    parser.addoption("--grpc", default="127.0.0.1:8500", help="its gRPC address")
    parser.addoption("--litert", type=Path, help="folder of LiteRT.js' packages")
