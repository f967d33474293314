"""A picture to read."""

from pathlib import Path

import pytest
from PIL import Image

from tests.serving.ink_pictures import photograph


@pytest.fixture
def png(tmp_path: Path) -> Path:
    """A photograph of a 7."""
    path = tmp_path / "seven.png"
    seven = photograph("seven", height=400, width=600, x=200, y=100, size=180)
    Image.fromarray(seven.pixels).save(path)
    return path
