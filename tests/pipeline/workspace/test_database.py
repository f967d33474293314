"""A database that cannot be used is a sentence that says what to do about it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.compare.compare import compare
from pipeline.workspace.database import open_database, using_database
from pipeline.workspace.explain import explain
from pipeline.workspace.history import History
from pipeline.workspace.run_page import rebuild_page
from pipeline.workspace.runs import list_runs
from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError

DAMAGED = r"^the database .*/metadata\.sqlite is damaged \(.*\); restore a copy of it, or name "


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """One with a run in its database."""
    workspace = Workspace(tmp_path)
    (tmp_path / "runs/20260101-000000").mkdir(parents=True)
    History(workspace).begin("20260101-000000", {"config": "{}"})
    return workspace


def garbage(path: Path) -> None:
    path.write_bytes(b"garbage" * 1000)


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def hole(path: Path) -> None:
    """Only what is in the middle is broken: the first queries do not meet it."""
    content = bytearray(path.read_bytes())
    at = len(content) // 2 // 4096 * 4096
    content[at : at + 4096] = b"\xff" * 4096
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [garbage, half, hole])
@pytest.mark.parametrize(
    "look",
    [
        list_runs,
        lambda workspace: explain(workspace, None),
        lambda workspace: rebuild_page(workspace, None),
        lambda workspace: compare(workspace, [], split="eval", data=None, on_start=print),
    ],
)
def test_damage_is_named_by_whoever_looks(
    harm: Callable[[Path], None], look: Callable[[Workspace], object], workspace: Workspace
) -> None:
    harm(workspace.metadata)
    content = workspace.metadata.read_bytes()
    with pytest.raises(UserError, match=DAMAGED) as caught:
        look(workspace)
    assert "CREATE TABLE" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert workspace.metadata.read_bytes() == content


def test_folder_in_its_place_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "metadata.sqlite").mkdir()
    with pytest.raises(UserError, match=r"cannot be used: .*; make sure that it is writable"):
        open_database(tmp_path / "metadata.sqlite")


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (
            RuntimeError("Error when executing query: database or disk is full query: INSERT x"),
            "cannot be used: database or disk is full; make room on the disk, or name another ",
        ),
        (
            sqlite3.OperationalError("attempt to write a readonly database"),
            "cannot be used: attempt to write a readonly database; make sure that it is writable",
        ),
    ],
)
def test_advice_fits_what_is_wrong(error: Exception, advice: str) -> None:
    with pytest.raises(UserError) as caught, using_database(Path("/w/metadata.sqlite")):
        raise error
    assert str(caught.value).startswith(f"the database /w/metadata.sqlite {advice}")
