"""Runs of one training while what serves changes under them: by reruns, by hand, by damage."""

import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.pipeline.digits_process import settings, start_digits
from tests.pipeline.small_run import SmallRun
from vocabulary.versions import model_digest

pytestmark = pytest.mark.slow


class Run(NamedTuple):
    """A run that ended well: what it says of itself, its lines, and the versions after it."""

    summary: dict[str, Any]
    lines: dict[str, str]
    warnings: list[str]
    verdict: dict[str, Any]
    serving: list[int]

    @property
    def ran(self) -> set[str]:
        return {node["id"] for node in self.summary["nodes"] if not node["cached"]}

    @property
    def outcome(self) -> tuple[int | None, int | None]:
        return self.summary["pushed_version"], self.summary["served_version"]


class Place:
    """A workspace in which one thing happens after the other."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.workspace = folder / "workspace"
        self.serving = self.workspace / "serving/digits"

    def ask(self, command: str, *arguments: str) -> dict[str, Any]:
        ended = start_digits(
            command, *arguments, "--json", "--workspace", str(self.workspace), folder=self.folder
        ).wait()
        assert ended.code == 0, ended.stderr
        return json.loads(ended.stdout) | {"stderr": ended.stderr}

    def run(self, *over: str) -> Run:
        summary = self.ask("run", *settings(*over))
        return self.after(summary, summary["stderr"])

    def after(self, summary: dict[str, Any], stderr: str) -> Run:
        lines = stderr.splitlines()
        return Run(
            summary,
            {line.split()[1]: line for line in lines if line.startswith("✓")},
            [line for line in lines if not line.startswith("✓")],
            self.ask("explain"),
            sorted(int(path.name) for path in self.serving.glob("[0-9]*")),
        )

    def rows(self) -> list[dict[str, Any]]:
        return list(self.ask("runs")["runs"])


@pytest.fixture(scope="module")
def story(small_run: SmallRun, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The runs by name; between them, what the name says was done by hand."""
    place = Place(tmp_path_factory.mktemp("versions"))
    told: dict[str, Any] = {"place": place}
    small_run.copy(place.folder)
    told["first"] = place.after(small_run.summary, small_run.stderr)
    told["again"] = place.run()
    told["and again"] = place.run()
    told["other bars"] = place.run("evaluation.bars.accuracy=0.01")
    told["rows"] = place.rows()
    for version in place.serving.iterdir():
        shutil.rmtree(version)
    told["emptied"] = place.run()
    told["longer"] = place.run("training.epochs=2")
    shutil.rmtree(place.serving / str(told["longer"].serving[-1]))
    told["rolled back"] = place.run()
    told["longer again"] = place.run("training.epochs=2")
    graph = place.serving / str(told["longer again"].serving[-1]) / "saved_model.pb"
    graph.write_bytes(graph.read_bytes()[:1000])
    told["damaged"] = place.run()
    told["last rows"] = place.rows()
    return told


def test_first_run_meets_nothing_and_pushes(story: dict[str, Any]) -> None:
    first = story["first"]
    (version,) = first.serving
    assert first.outcome == (version, version)
    assert "nothing serves yet" in first.lines["Champion"]
    assert first.warnings == []


def test_identical_run_says_that_its_model_serves_already(story: dict[str, Any]) -> None:
    (version,) = story["first"].serving
    again = story["again"]
    assert again.serving == [version]
    assert again.outcome == (None, version)
    assert again.ran == {"Champion", "DistributionValidator", "Evaluator", "Pusher", "Report"}
    assert f"version {version} " in again.lines["Champion"]
    assert f"already serves as version {version} " in again.lines["Pusher"]
    assert again.verdict["same_as"] == f"version {version}"
    assert f"the same model as version {version}" in again.verdict["sentence"]
    assert again.summary["metrics"] == pytest.approx(story["first"].summary["metrics"], rel=1e-6)
    page = (story["place"].folder / again.summary["report"]).read_text()
    assert f"it already serves as version {version}." in page


def test_from_then_on_everything_is_cached_and_says_the_same(story: dict[str, Any]) -> None:
    again, third = story["again"], story["and again"]
    assert third.ran == set()
    assert (third.outcome, third.serving) == (again.outcome, again.serving)
    assert third.verdict == again.verdict
    assert "already serves as" in third.lines["Pusher"]


def test_other_bars_judge_again_and_push_nothing(story: dict[str, Any]) -> None:
    run = story["other bars"]
    assert run.ran == {"Evaluator", "Pusher", "Report"}
    assert (run.outcome, run.serving) == (story["again"].outcome, story["again"].serving)
    assert "better" not in run.verdict["sentence"]


def test_one_row_serves_and_one_row_pushed(story: dict[str, Any]) -> None:
    (version,) = story["first"].serving
    rows = story["rows"]
    assert [row["serving"] for row in rows] == [True, False, False, False]
    assert [row["pushed_version"] for row in rows] == [version, None, None, None]
    assert [row["served_version"] for row in rows] == [version] * 4


def test_model_that_was_deleted_is_pushed_again(story: dict[str, Any]) -> None:
    run = story["emptied"]
    (version,) = run.serving
    assert version > story["first"].serving[0]
    assert run.outcome == (version, version)
    assert "nothing serves yet" in run.lines["Champion"]
    assert {"Pusher", "Report"} <= run.ran
    assert "Trainer" not in run.ran


def test_newer_model_is_compared_with_what_serves(story: dict[str, Any]) -> None:
    before, run = story["emptied"].serving, story["longer"]
    assert run.serving[:-1] == before
    assert run.outcome == (run.serving[-1],) * 2
    assert run.verdict["champion"] == f"version {before[-1]}"


def test_rollback_by_hand_leaves_the_older_model_serving(story: dict[str, Any]) -> None:
    run = story["rolled back"]
    assert run.serving == story["emptied"].serving
    assert run.outcome == (None, run.serving[-1])
    assert run.verdict["same_as"] == f"version {run.serving[-1]}"


def test_model_that_was_rolled_back_is_pushed_again_by_its_run(story: dict[str, Any]) -> None:
    older, run = story["rolled back"].serving[-1], story["longer again"]
    assert run.outcome == (run.serving[-1],) * 2
    assert run.verdict["champion"] == f"version {older}"
    assert run.serving[-1] > story["longer"].serving[-1]
    assert "Trainer" not in run.ran


def test_damaged_version_is_set_aside_and_blocks_nothing(story: dict[str, Any]) -> None:
    place, run = story["place"], story["damaged"]
    broken = story["longer again"].serving[-1]
    (sentence,) = run.warnings
    assert sentence.startswith(f"! {place.serving}/{broken} cannot be served: saved_model.pb has ")
    assert sentence.endswith(f"; it was renamed to broken-{broken}")
    assert (place.serving / f"broken-{broken}").is_dir()
    assert run.outcome == (None, story["rolled back"].serving[-1])


def test_every_version_was_pushed_once_and_is_another_model(story: dict[str, Any]) -> None:
    rows = story["last rows"]
    assert [row["run_id"] for row in rows if row["serving"]] == [story["emptied"].summary["run_id"]]
    pushed = [row["pushed_version"] for row in rows if row["pushed_version"]]
    assert len(pushed) == len(set(pushed)) == 4
    folders = [path for path in story["place"].serving.iterdir() if path.name.isdecimal()]
    assert len({model_digest(str(folder)) for folder in folders}) == len(folders)
