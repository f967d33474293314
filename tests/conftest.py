"""Fixtures that several folders share."""

from collections.abc import Callable

import pytest

from pipeline.config import Config
from pipeline.config_file import read_config

Configure = Callable[..., Config]


@pytest.fixture
def configure() -> Configure:
    """The default config with settings over it: `configure("splits.train=10", ...)`."""

    def build(*settings: str) -> Config:
        return read_config(None, settings)

    return build
