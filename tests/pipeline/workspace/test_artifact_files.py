"""What artefacts hold is recorded when they are made, and compared later."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.workspace.artifact_files import damage, record


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    folder = tmp_path / "7"
    (folder / "Split-eval").mkdir(parents=True)
    (folder / "Split-eval/data.gz").write_bytes(b"x" * 3000)
    (folder / "large").write_bytes(b"x" * (2 << 20))
    (folder / "empty").mkdir()
    return folder


def test_what_is_as_it_was_is_not_damaged(artifact: Path) -> None:
    assert damage(artifact, record(artifact)) == ""


@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        (lambda d: cut(d / "Split-eval/data.gz"), "Split-eval/data.gz has 1,500 bytes, not 3,000"),
        (lambda d: cut(d / "large"), "large has 1,048,576 bytes, not 2,097,152"),
        (lambda d: (d / "Split-eval/data.gz").write_bytes(b"y" * 3000), "data.gz has changed"),
        (lambda d: (d / "Split-eval/data.gz").unlink(), "Split-eval/data.gz is gone"),
        (lambda d: (d / "Split-eval/copy.gz").touch(), "copy.gz was added after"),
        (lambda d: d.rename(d.with_name("8")), "7 is gone"),
    ],
)
def test_what_has_changed_is_named(
    artifact: Path, harm: Callable[[Path], object], problem: str
) -> None:
    recorded = record(artifact)
    harm(artifact)
    assert problem in damage(artifact, recorded)
    assert damage(artifact, recorded).startswith(str(artifact))


def test_hidden_files_are_nobody_s(artifact: Path) -> None:
    recorded = record(artifact)
    (artifact / ".DS_Store").touch()
    assert damage(artifact, recorded) == ""


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
