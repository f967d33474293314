"""Temporary files go into a folder of the run's own, which goes with it."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipeline.run.scratch import drop_scratch, scratch
from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def test_what_is_left_in_it_goes_with_it(temporary: Path, tmp_path: Path) -> None:
    (temporary / "a stranger's").touch()
    child = [sys.executable, "-c", "import tempfile; print(tempfile.mkstemp()[1])"]
    with scratch(Workspace(tmp_path)):
        (folder,) = temporary.glob("digits-*")
        assert folder.stat().st_mode & 0o777 == 0o700
        mine = tempfile.mkstemp(prefix="__autograph_generated_file")[1]
        childs = subprocess.run(child, capture_output=True, text=True, check=True).stdout
        assert {Path(mine).parent, Path(childs.strip()).parent} == {folder}
    assert [path.name for path in temporary.iterdir()] == ["a stranger's"]
    assert os.environ["TMPDIR"] == str(temporary)
    assert Path(tempfile.gettempdir()) == temporary


def test_what_a_killed_run_left_goes_with_the_next_one_in_its_workspace(
    temporary: Path, tmp_path: Path
) -> None:
    for name in ("one", "other"):
        with scratch(Workspace(tmp_path / name)):
            left = Path(tempfile.mkstemp()[1])
            kept = left.read_bytes()
        left.parent.mkdir()  # as if the end had not come
        left.write_bytes(kept)
    assert len(list(temporary.glob("digits-*/*"))) == 2
    with scratch(Workspace(tmp_path / "one")):
        assert len(list(temporary.glob("digits-*/*"))) == 1
    drop_scratch(Workspace(tmp_path / "other"))
    assert list(temporary.iterdir()) == []


def test_a_link_in_its_place_is_left_alone(temporary: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/file").touch()
    folder = drop_scratch(Workspace(tmp_path))
    folder.symlink_to(tmp_path / "precious", target_is_directory=True)
    with (
        pytest.raises(UserError, match="cannot be used: File exists"),
        scratch(Workspace(tmp_path)),
    ):
        pass
    assert (tmp_path / "precious/file").exists()


def test_no_such_folder_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    with (
        pytest.raises(
            UserError,
            match=r"the folder for temporary files, .*/nowhere, cannot be used: No such file or "
            r"directory; make room there, or set TMPDIR to another folder",
        ),
        scratch(Workspace(tmp_path)),
    ):
        pass
