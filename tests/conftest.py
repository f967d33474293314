"""Fixtures that several folders share."""

from collections.abc import Callable

import hypothesis
import pytest

from pipeline.config.config import Config
from pipeline.config.file import read_config

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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Lets the conformance test ask a server that runs already: `--url`, and `--grpc` beside it."""
    parser.addoption("--url", help="REST address of a server, as http://127.0.0.1:8501")
    parser.addoption("--grpc", default="127.0.0.1:8500", help="its gRPC address")
