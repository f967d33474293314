"""`digits clean`: what nothing kept needs goes, and the rest works as before."""

import json
import os
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.workspace.clean import clean
from pipeline.workspace.workspace import Workspace
from tests.pipeline.digits_process import Ended, digits, run_pipeline
from tests.pipeline.small_run import SmallRun
from vocabulary.errors import UserError

REJECTED = ("training.epochs=3", "evaluation.bars.accuracy=1.0")


class Story(NamedTuple):
    """Three runs that pushed, one that did not; cleaned to the newest one."""

    workspace: Path
    runs: list[str]
    versions: list[int]
    before: list[str]
    planned: Ended
    untouched: bool
    done: Ended


def files(workspace: Path) -> list[str]:
    paths = workspace.rglob("*")
    return sorted(str(path.relative_to(workspace)) for path in paths if path.is_file())


@pytest.fixture(scope="module")
def story(
    small_run: SmallRun, longer_run: SmallRun, tmp_path_factory: pytest.TempPathFactory
) -> Story:
    workspace = longer_run.copy(tmp_path_factory.mktemp("cleaned"))
    longest = [run_pipeline(workspace, *over) for over in (REJECTED[:1], REJECTED)]
    summaries = [small_run.summary, longer_run.summary, *longest]
    stale = workspace / "checkpoints/0123456789abcdef"
    stale.mkdir()
    (stale / "checkpoint").write_text("")
    young = workspace / "checkpoints/fedcba9876543210"
    young.mkdir()
    for path in (stale / "checkpoint", stale):  # of a training before the first run
        os.utime(path, (1_000_000, 1_000_000))
    before = files(workspace)
    contents = (workspace / "metadata.sqlite").read_bytes()
    planned = digits("clean", "--keep", "1", "--dry-run", workspace=workspace)
    untouched = (files(workspace), (workspace / "metadata.sqlite").read_bytes())
    done = digits("clean", "--keep", "1", "--json", workspace=workspace)
    return Story(
        workspace,
        [one["run_id"] for one in summaries],
        [one["pushed_version"] for one in summaries[:3]],
        before,
        planned,
        untouched == (before, contents),
        done,
    )


@pytest.mark.slow
def test_dry_run_says_what_would_go_and_touches_nothing(story: Story) -> None:
    assert (story.planned.code, story.planned.stderr) == (0, "")
    assert story.planned.stdout.startswith("would remove 1 run, ")
    assert " artifacts, 1 version and free " in story.planned.stdout
    assert story.untouched


@pytest.mark.slow
def test_what_is_removed_is_told_and_gone(story: Story) -> None:
    assert (story.done.code, story.done.stderr) == (0, "")
    told = json.loads(story.done.stdout)
    assert (told["runs"], told["versions"]) == (story.runs[:1], story.versions[:1])
    gone = sorted({*story.before} - {*files(story.workspace)})
    sizes = f"{told['bytes'] / 1e6:,.1f} MB"
    assert sizes in story.planned.stdout
    assert told["bytes"] > 5_000_000
    assert any(path.startswith("artifacts/Trainer/model/") for path in gone)
    assert any(path.startswith(f"serving/digits/{story.versions[0]}/") for path in gone)
    assert any(path.startswith(f"runs/{story.runs[0]}/") for path in gone)
    assert not any("DigitExampleGen" in path for path in gone), "later runs stand on it"


@pytest.mark.slow
def test_what_serves_and_what_came_before_it_stay(story: Story) -> None:
    kept = sorted(int(path.name) for path in (story.workspace / "serving/digits").iterdir())
    assert kept == story.versions[1:]
    assert sorted(path.name for path in (story.workspace / "runs").iterdir()) == story.runs[1:]
    ended = digits("runs", "--json", workspace=story.workspace)
    listed = json.loads(ended.stdout)["runs"]
    assert [one["run_id"] for one in listed] == story.runs[1:]


@pytest.mark.slow
def test_lineage_of_what_is_kept_is_whole(story: Story) -> None:
    for version in map(str, story.versions[1:]):
        ended = digits("runs", "--lineage", version, "--json", workspace=story.workspace)
        lineage = json.loads(ended.stdout)
        assert {step["run_id"] for step in lineage["steps"]} >= {story.runs[0]}
        assert "not noted" not in lineage["code"].values()
        assert all(Path(path).is_dir() for step in lineage["steps"] for path in step["made"])
    for run_id in story.runs[1:]:
        assert digits("explain", run_id, workspace=story.workspace).code == 0


@pytest.mark.slow
def test_nothing_empty_is_left_of_tfx_s_own_folders(story: Story) -> None:
    assert list(story.workspace.glob("artifacts/*/.system/**/")) == []


@pytest.mark.slow
def test_a_training_that_a_kept_run_broke_off_keeps_its_checkpoints(story: Story) -> None:
    names = [path.name for path in (story.workspace / "checkpoints").iterdir()]
    assert names == ["fedcba9876543210"]


@pytest.mark.slow
def test_cache_answers_with_what_is_kept_and_only_with_that(story: Story) -> None:
    same = run_pipeline(story.workspace, *REJECTED)
    assert [node["id"] for node in same["nodes"] if not node["cached"]] == []
    removed = run_pipeline(story.workspace, "training.epochs=1")
    cached = {node["id"] for node in removed["nodes"] if node["cached"]}
    assert {"DigitExampleGen", "Transform"} <= cached
    assert not {"Trainer", "Evaluator", "Pusher"} & cached


def test_a_workspace_without_runs_is_a_sentence_and_stays_empty(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with (
        pytest.raises(UserError, match="holds no runs; make one with `digits run`"),
        workspace.claimed(make=False),
    ):
        clean(workspace, keep=1, dry_run=False)
    assert list(tmp_path.iterdir()) == []
