"""A finder and a reader whose answers are known, and the model that both make."""

from pathlib import Path

import pytest

from serving.stages.export import export
from tests.serving.known_stages import save_stage


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the two models, `find` and `read`."""
    folder = tmp_path_factory.mktemp("parts")
    save_stage(folder / "find", "segmentation")
    save_stage(folder / "read", "sequence")
    return folder


@pytest.fixture(scope="session")
def stages(parts: Path) -> Path:
    """A folder of versions with the one that both make."""
    export(parts / "find", parts / "read", parts / "both")
    return parts / "both"
