"""The program that `make conformance` builds."""

from pathlib import Path

import pytest

from tests.kubeflow.conformance.go_modules import build


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sends a pipeline through Kubeflow Pipelines."""
    path = tmp_path_factory.mktemp("conformance") / "conformance"
    build(path)
    return path
