"""A server of a model whose answers are known."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving.options import ServerOptions
from serving.server import Addresses, running
from tests.serving.known_model import save_known


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three versions: 1, 2 and 4."""
    folder = tmp_path_factory.mktemp("saved")
    for version in (1, 2, 4):
        save_known(folder / str(version), version)
    return folder


@pytest.fixture
def base(saved: Path, tmp_path: Path) -> Path:
    """A folder with version 1, that a test may change."""
    shutil.copytree(saved / "1", tmp_path / "base" / "1")
    return tmp_path / "base"


@pytest.fixture(scope="session")
def server(saved: Path) -> Iterator[Addresses]:
    """A server of versions 4 and 2 under the name `digits`."""
    with running(ServerOptions(model_base_path=saved, port=0, rest_api_port=0)) as addresses:
        yield addresses
