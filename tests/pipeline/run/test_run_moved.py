"""A workspace is one folder: moved, copied, or reached through a link, it is what it was."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.pipeline.digits_process import COMPONENTS, digits, run_pipeline
from tests.pipeline.small_run import LONGER, SmallRun

pytestmark = pytest.mark.slow


class Places(NamedTuple):
    """Where the workspace is, and what was said of it where it was made."""

    workspace: Path
    runs: list[dict[str, Any]]
    verdict: str


def poison(folder: Path) -> None:
    """Whoever reads these files now reads nonsense."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(b"poison")


def versions(workspace: Path) -> list[str]:
    return sorted(path.name for path in (workspace / "serving/digits").iterdir())


@pytest.fixture(scope="module")
def places(
    small_run: SmallRun, longer_run: SmallRun, tmp_path_factory: pytest.TempPathFactory
) -> Places:
    """Two trainings in a workspace that was copied twice and is poisoned now; the first copy."""
    folder = tmp_path_factory.mktemp("places")
    longer_run.copy(folder)
    second = run_pipeline(folder / "workspace", LONGER)  # judged beside what serves: itself
    verdict = digits("explain", workspace=folder / "workspace").stdout
    copy = folder / "ein Übungs-„Platz“" / "copy"
    shutil.copytree(folder / "workspace", copy)
    poison(folder / "workspace")
    return Places(copy, [small_run.summary, second], verdict)


def test_what_was_run_is_told_as_before(places: Places) -> None:
    before = (places.workspace / "metadata.sqlite").read_bytes()
    listed = json.loads(digits("runs", "--json", workspace=places.workspace).stdout)["runs"]
    assert [one["run_id"] for one in listed][::2] == [one["run_id"] for one in places.runs]
    assert [one["metrics"] for one in listed][::2] == [one["metrics"] for one in places.runs]
    told = digits("explain", workspace=places.workspace)
    assert (told.code, told.stdout) == (0, places.verdict), told.stderr
    assert (places.workspace / "metadata.sqlite").read_bytes() == before, "only a run writes"


def test_lineage_names_the_files_that_are_here(places: Places) -> None:
    version = versions(places.workspace)[0]
    ended = digits("runs", "--lineage", version, "--json", workspace=places.workspace)
    paths = [path for step in json.loads(ended.stdout)["steps"] for path in step["made"]]
    assert paths
    assert all(path.startswith(f"{places.workspace}/") and Path(path).is_dir() for path in paths)


def test_the_report_is_rebuilt_from_what_is_here(places: Places) -> None:
    run_id = places.runs[0]["run_id"]
    page = places.workspace / "runs" / run_id / "report.html"
    before = page.read_text()
    page.unlink()
    ended = digits("report", run_id, workspace=places.workspace)
    assert (ended.code, ended.stdout) == (0, f"{page}\n"), ended.stderr
    assert page.read_text() == before


def test_models_are_compared(places: Places) -> None:
    ended = digits("compare", "--json", workspace=places.workspace)
    assert ended.code == 0, ended.stderr
    folders = [Path(model["folder"]) for model in json.loads(ended.stdout)["models"]]
    assert all(folder.is_relative_to(places.workspace) for folder in folders), folders


@pytest.mark.parametrize("how", ["copied", "moved", "linked"])
def test_everything_is_cached_and_nothing_is_pushed(
    places: Places, how: str, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(places.workspace, tmp_path / "source")
    match how:
        case "copied":
            shutil.copytree(tmp_path / "source", workspace)
            poison(tmp_path / "source")
        case "moved":
            (tmp_path / "source").rename(workspace)
        case "linked":
            workspace.symlink_to(tmp_path / "source", target_is_directory=True)
    before = versions(workspace)
    summary = run_pipeline(workspace, LONGER)
    assert [node["id"] for node in summary["nodes"] if not node["cached"]] == []
    assert len(summary["nodes"]) == len(COMPONENTS)
    assert summary["metrics"] == places.runs[1]["metrics"]
    assert versions(workspace) == before


def test_a_training_in_a_copy_reads_the_copy(places: Places, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(places.workspace, workspace)
    summary = run_pipeline(workspace, "training.epochs=3")
    cached = [node["id"] for node in summary["nodes"] if node["cached"]]
    assert cached[:5] == list(COMPONENTS[:5])
    assert len(versions(workspace)) == len(versions(places.workspace)) + 1
    assert summary["serving_dir"] == f"{workspace}/serving/digits"
    run_pipeline(workspace, "training.epochs=3")  # judged beside what serves: itself
    again = run_pipeline(workspace, "training.epochs=3")
    assert [node["id"] for node in again["nodes"] if not node["cached"]] == []


@pytest.mark.parametrize(("harm", "problem"), [(shutil.rmtree, "is gone"), (poison, "is damaged")])
def test_a_verdict_that_cannot_be_read_is_a_sentence(
    places: Places, tmp_path: Path, harm: Callable[[Path], None], problem: str
) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(places.workspace, workspace)
    harm(workspace / "artifacts/Evaluator")
    ended = digits("explain", workspace=workspace)
    assert ended.code == 1
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert problem in ended.stderr
    assert f"{workspace}/artifacts/Evaluator/evaluation/" in ended.stderr
