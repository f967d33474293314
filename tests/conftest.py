"""Fixtures that several folders share."""

from collections.abc import Callable
from typing import Any

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


@pytest.fixture
def plain_scene() -> dict[str, Any]:
    """A scene that copies the glyph as it is."""
    return {
        "scale": (1.0, 1.0),
        "rotation": (0.0, 0.0),
        "slant": (0.0, 0.0),
        "stroke": (0.0, 0.0),
        "contrast": (1.0, 1.0),
        "background": (0.0, 0.0),
        "noise": (0.0, 0.0),
        "clutter": (0, 0),
    }
