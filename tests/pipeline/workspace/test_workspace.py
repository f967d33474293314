"""The workspace: claimed by one run at a time, cleared of what was left unfinished."""

import signal
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError
from vocabulary.manifest import MANIFEST, as_manifest

CLAIM = """
import sys, time
from pathlib import Path
from pipeline.workspace.workspace import Workspace
with Workspace(Path(sys.argv[1])).claimed():
    print("claimed", flush=True)
    time.sleep(600)
"""


def make(*paths: Path) -> None:
    for path in paths:
        path.mkdir(parents=True)
        (path / "file").write_text("x")


def test_claim_makes_the_folders(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "deep" / "workspace")
    with workspace.claimed():
        assert workspace.artifacts.is_dir()
        assert workspace.serving.is_dir()


def test_workspace_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    workspace = Workspace(tmp_path / "file" / "workspace")
    with pytest.raises(UserError) as caught, workspace.claimed():
        pass
    assert str(caught.value) == (
        f"the workspace {workspace.root} cannot be written: Not a directory; "
        f"name another with --workspace"
    )


@pytest.mark.parametrize("name", ["a*", "what?", "g[1]", "x]", "back\\slash"])
def test_path_that_would_be_taken_for_a_pattern_is_refused_at_once(
    name: str, tmp_path: Path
) -> None:
    root = tmp_path / name / "workspace"
    with pytest.raises(UserError, match="which TFX takes for a pattern of file names"), claim(root):
        pass
    assert list(tmp_path.iterdir()) == []
    (tmp_path / name).mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / name, target_is_directory=True)
    with pytest.raises(UserError, match="in its path, which"), claim(link):
        pass


def test_path_with_what_else_there_is_is_taken(tmp_path: Path) -> None:
    with claim(tmp_path / "Übung #1, 50% {x} & 'y'"):
        pass


def test_second_claim_is_refused_while_the_first_lasts(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with (
        workspace.claimed(),
        pytest.raises(UserError, match="another run is using the workspace"),
        claim(tmp_path),
    ):
        pass
    with claim(tmp_path):
        pass


def is_free(workspace: Workspace) -> bool:
    try:
        with workspace.claimed():
            return True
    except UserError:
        return False


def test_claim_ends_when_the_run_fails(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with pytest.raises(KeyError), workspace.claimed():
        raise KeyError
    assert is_free(workspace)


def test_runs_without_their_folder_of_versions_are_no_new_workspace(tmp_path: Path) -> None:
    """As where their disk is not mounted: no model would be compared with what serves."""
    workspace = Workspace(tmp_path)
    with workspace.claimed():
        workspace.metadata.touch()
    workspace.serving.rmdir()
    with (
        pytest.raises(UserError, match=f"its folder of versions, {workspace.serving}, is missing;"),
        workspace.claimed(),
    ):
        pass
    assert not workspace.serving.exists()
    workspace.serving.mkdir()
    assert is_free(workspace)


def test_claim_of_another_process_ends_when_it_is_killed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", CLAIM, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "claimed\n"
        try:
            with pytest.raises(UserError, match="wait for it, or"), workspace.claimed():
                pass
        finally:
            other.send_signal(signal.SIGKILL)
    assert is_free(workspace)


def test_workspaces_beside_each_other_do_not_disturb(tmp_path: Path) -> None:
    with claim(tmp_path / "one"):
        assert is_free(Workspace(tmp_path / "two"))


def test_new_run_has_a_folder_of_its_own(tmp_path: Path) -> None:
    log = Workspace(tmp_path).new_run()
    assert log.parent.is_dir()
    assert log.parent.parent == tmp_path / "runs"
    assert not log.exists()


def test_run_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(UserError, match=r"cannot be created: .*; try again"):
        Workspace(tmp_path).new_run()


def test_outputs_of_named_executions_are_dropped_and_no_others(tmp_path: Path) -> None:
    artifacts = tmp_path / "artifacts"
    dropped = [
        artifacts / "Trainer" / "model" / "6",
        artifacts / "Trainer" / "model_run" / "6",
        artifacts / "Trainer" / ".system" / "executor_execution" / "6",
        artifacts / "Trainer" / ".system" / "stateful_working_dir" / "6",
        artifacts / "Report" / "report" / "7",
    ]
    kept = [
        artifacts / "Trainer" / "model" / "5",
        artifacts / "Trainer" / "model" / "66",
        artifacts / "Trainer" / "model" / "5" / "variables" / "6",
        artifacts / "Trainer" / ".system" / "executor_execution" / "5",
        artifacts / "Trainer" / ".system" / "driver_execution" / "1700000000000006",
    ]
    make(*dropped, kept[2], *kept[1:2], *kept[3:])
    (kept[0] / "file").write_text("x")
    Workspace(tmp_path).drop_outputs({6, 7, 99})
    assert [path for path in dropped if path.exists()] == []
    assert [path for path in kept if not (path / "file").is_file()] == []


def test_no_executions_drop_nothing(tmp_path: Path) -> None:
    make(tmp_path / "artifacts" / "Trainer" / "model" / "6")
    Workspace(tmp_path).drop_outputs(set())
    assert (tmp_path / "artifacts" / "Trainer" / "model" / "6" / "file").is_file()


def test_versions_whose_copying_was_broken_off_are_removed_and_nothing_else(tmp_path: Path) -> None:
    serving = tmp_path / "serving" / "digits"
    make(serving / "12", serving / ".13.partial", serving / "notes")
    Workspace(tmp_path).drop_partial_versions()
    assert sorted(path.name for path in serving.iterdir()) == ["12", "notes"]
    assert (serving / "12" / "file").is_file()


def test_damaged_versions_are_renamed_with_a_sentence_and_never_lost(tmp_path: Path) -> None:
    serving = tmp_path / "serving" / "digits"
    workspace = Workspace(tmp_path)
    for content in ("first", "second", "third"):
        make(serving / "12", serving / "13")
        (serving / "13" / "file").write_text(content)
        (sentence,) = workspace.set_aside({"13": "saved_model.pb is missing"})
        assert sentence.startswith(
            f"{serving}/13 cannot be served: saved_model.pb is missing; it was renamed to broken-13"
        )
        (serving / "12" / "file").unlink()
        (serving / "12").rmdir()
    kept = {path.name: (path / "file").read_text() for path in serving.iterdir()}
    assert kept == {"broken-13": "first", "broken-13-2": "second", "broken-13-3": "third"}


def test_version_that_serves_is_the_newest_whole_one(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert workspace.serving_version is None
    for version, has_model, has_all in (
        (3, True, True), (12, True, True), (15, True, False), (100, False, True)
    ):  # fmt: skip
        folder = workspace.serving / str(version)
        (folder / "assets.extra").mkdir(parents=True)
        sizes = {"saved_model.pb": 5, "variables/variables.index": 0}
        (folder / MANIFEST).write_text(as_manifest(sizes, also="-"))
        (folder / "variables").mkdir()
        (folder / "variables/variables.index").touch()
        if has_model:
            (folder / "saved_model.pb").write_text("graph" if has_all else "gra")
    make(workspace.serving / "broken-200", workspace.serving / ".300.partial")
    (workspace.serving / "broken-200" / "saved_model.pb").touch()
    assert workspace.serving_version == 12
    (workspace.serving / "14").mkdir()
    (workspace.serving / "14" / "saved_model.pb").touch()  # another's, without a manifest
    assert workspace.serving_version == 14


def claim(root: Path) -> AbstractContextManager[None]:
    return Workspace(root).claimed()
