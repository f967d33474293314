"""Four real runs in one workspace: pushed, cached, rejected, and against a champion."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline.compare.models import find_models
from pipeline.config.file import read_config
from pipeline.workspace.workspace import Workspace
from tests.pipeline.digits_process import (
    COMPONENTS,
    Ended,
    half_written,
    run_digits,
    settings,
    start_digits,
)
from vocabulary.task.judging import metrics_of

pytestmark = pytest.mark.slow


class Story(NamedTuple):
    workspace: Path
    first: Ended
    second: Ended
    third: Ended
    fourth: Ended
    versions: list[list[int]]

    def summary(self, run: str) -> dict[str, Any]:
        return json.loads(getattr(self, run).stdout)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("story")
    workspace = folder / "workspace"
    ended, versions = [], []

    def note(run: Ended) -> None:
        ended.append(run)
        versions.append(sorted(int(path.name) for path in workspace.glob("serving/digits/[0-9]*")))

    def run_with(*over: str) -> Ended:
        arguments = ["run", "--workspace", str(workspace), "--json", *settings(*over)]
        return start_digits(*arguments, folder=folder).wait()

    note(run_digits("run", "--workspace", "workspace", "--json", *settings(), cwd=folder))
    (workspace / "serving/digits/77/variables").mkdir(parents=True)
    note(run_with())
    note(run_with("evaluation.bars.accuracy=1.0"))
    note(run_with("training.epochs=2"))
    return Story(workspace, *ended, versions)


def test_first_run_is_blessed_and_pushed(story: Story) -> None:
    assert story.first.code == 0, story.first.stderr
    summary = story.summary("first")
    assert (summary["blessed"], summary["reasons"]) == (True, [])
    version = story.workspace / "serving/digits" / str(summary["pushed_version"])
    assert (version / "saved_model.pb").is_file()
    assert (version / "variables/variables.index").is_file()


def test_json_is_one_object_with_all_keys(story: Story) -> None:
    assert len(story.first.stdout.splitlines()) == 1
    summary = story.summary("first")
    assert {
        "run_id",
        "workspace",
        "nodes",
        "examples",
        "metrics",
        "parameters",
        "blessed",
        "reasons",
        "pushed_version",
        "serving_dir",
        "log",
        "seconds",
    } <= set(summary)
    assert [set(node) for node in summary["nodes"]] == [{"id", "seconds", "cached", "state"}] * len(
        COMPONENTS
    )
    assert list(summary["metrics"]) == list(metrics_of("localization"))
    shares = {name: value for name, value in summary["metrics"].items() if name != "edge_error"}
    assert all(0 <= value <= 1 for value in shares.values())
    assert summary["examples"] == {"train": 256, "eval": 64}
    assert summary["parameters"] > 0
    assert summary["seconds"] > 0


def test_every_component_ran_once_and_completed(story: Story) -> None:
    nodes = story.summary("first")["nodes"]
    assert sorted(node["id"] for node in nodes) == sorted(COMPONENTS)
    assert {(node["state"], node["cached"]) for node in nodes} == {("complete", False)}


@pytest.mark.parametrize("run", ["first", "second", "third", "fourth"])
def test_stderr_has_one_line_for_each_component_and_nothing_else(story: Story, run: str) -> None:
    lines = getattr(story, run).stderr.splitlines()
    if run == "second":
        assert lines.pop(0) == (
            f"! {story.workspace}/serving/digits/77 cannot be served: saved_model.pb is missing; "
            "it was renamed to broken-77"
        )
    assert sorted(line.split()[1] for line in lines) == sorted(COMPONENTS), lines
    assert all(line.startswith("✓ ") for line in lines)


def test_run_folder_keeps_the_log_and_the_effective_config(story: Story) -> None:
    summary = story.summary("first")
    log = story.workspace.parent / summary["log"]
    assert log.parent == story.workspace / "runs" / summary["run_id"]
    assert "Trainer is done, " in log.read_text()
    assert "Running launcher for " in log.with_name("debug.log").read_text()
    sets = settings()[1::2]
    assert read_config(log.parent / "config.yaml") == read_config(None, sets)


def test_log_of_a_run_is_short_and_without_protocol_buffers(story: Story) -> None:
    log = story.workspace.parent / story.summary("first")["log"]
    lines = log.read_text().splitlines()
    assert len(lines) < 60, lines
    assert all(line[:2] == "20" for line in lines), "each begins with its time"
    assert not any("artifact_type" in line or "property" in line for line in lines)
    for component in COMPONENTS:
        assert sum(f"{component} begins" in line for line in lines) == 1
    assert any("training lab, " in line for line in lines), "what the trainer says of itself"


@pytest.mark.parametrize("run", ["first", "second", "third", "fourth"])
def test_every_run_has_its_own_page(story: Story, run: str) -> None:
    summary = story.summary(run)
    page = story.workspace.parent / summary["report"]
    assert page.parent.name == summary["run_id"]
    text = page.read_text()
    assert f"Run {summary['run_id']} started" in text
    assert all(f">{name}<" in text for name in COMPONENTS)
    assert "<script" not in text
    assert len(text) < 6_000_000


def test_runs_lists_what_changed_and_what_serves(story: Story) -> None:
    ended = start_digits(
        "runs", "--json", "--workspace", str(story.workspace), folder=story.workspace.parent
    ).wait()
    assert ended.code == 0, ended.stderr
    listed = json.loads(ended.stdout)["runs"][:4]
    summaries = [story.summary(run) for run in ("first", "second", "third", "fourth")]
    assert [one["run_id"] for one in listed] == [one["run_id"] for one in summaries]
    assert all(one["seconds"] == round(one["seconds"], 3) for one in listed)
    assert [one["metrics"] for one in listed] == [one["metrics"] for one in summaries]
    assert [one["blessed"] for one in listed] == [one["blessed"] for one in summaries]
    assert [one["changes"] for one in listed[:3]] == [
        [],
        [],
        ["evaluation.bars.accuracy: 0.0 → 1.0"],
    ]
    assert "training.epochs: 1 → 2" in listed[3]["changes"]
    newest = max(one["pushed_version"] or 0 for one in summaries)
    assert {one["pushed_version"] for one in listed if one["serving"]} == {newest}
    assert all(one["state"] == "complete" and "digest" in one["code"] for one in listed)
    assert all(one["began"][:10].replace("-", "") in one["run_id"] for one in listed)


def test_lineage_leads_through_the_cache_to_the_run_that_trained(story: Story) -> None:
    version = story.versions[0][0]
    ended = start_digits(
        "runs",
        "--lineage",
        str(version),
        "--json",
        "--workspace",
        str(story.workspace),
        folder=story.workspace.parent,
    ).wait()
    assert ended.code == 0, ended.stderr
    facts = json.loads(ended.stdout)
    first = story.summary("first")["run_id"]
    assert (facts["version"], facts["run_id"]) == (version, first)
    assert {step["run_id"] for step in facts["steps"]} == {first}
    assert facts["config"]["splits"] == {"train": 256, "eval": 64}
    assert list(facts["code"]) == [first]
    last = (story.workspace.parent / story.summary("fourth")["report"]).read_text()
    assert f"<td>{first}</td><td>DigitExampleGen/" in last
    assert f"<td>{story.summary('fourth')['run_id']}</td><td>Trainer/" in last


def test_report_rebuilds_a_page_that_was_deleted(story: Story) -> None:
    page = story.workspace.parent / story.summary("third")["report"]
    page.unlink()
    arguments = ("report", page.parent.name, "--workspace", str(story.workspace))
    ended = start_digits(*arguments, folder=story.workspace.parent).wait()
    assert (ended.code, ended.stdout) == (0, f"{page}\n")
    assert "below the bar of 1" in page.read_text()


def test_second_run_judges_beside_what_serves_and_pushes_nothing_new(story: Story) -> None:
    assert story.second.code == 0, story.second.stderr
    summary, (version,) = story.summary("second"), story.versions[0]
    ran = [node["id"] for node in summary["nodes"] if not node["cached"]]
    assert ran == ["Champion", "DistributionValidator", "Evaluator", "Pusher", "Report"]
    assert version == story.summary("first")["pushed_version"]
    assert (summary["pushed_version"], summary["served_version"]) == (None, version)
    assert story.versions[1] == story.versions[0]  # and the half-copied version 77 is set aside
    assert (story.workspace / "serving/digits/broken-77/variables").is_dir()
    assert summary["metrics"] == pytest.approx(story.summary("first")["metrics"], rel=1e-6)


def test_missed_bar_is_rejected_with_reasons_and_pushes_nothing(story: Story) -> None:
    assert story.third.code == 3, story.third.stderr
    summary = story.summary("third")
    accuracy = summary["metrics"]["accuracy"]
    assert (summary["blessed"], summary["pushed_version"]) == (False, None)
    assert summary["reasons"] == [f"accuracy is {accuracy:.4f}, below the bar of 1"]
    assert story.versions[2] == story.versions[0]
    assert line(story.third, "Evaluator").split()[2:4] == ["not", "blessed"]
    assert line(story.third, "Trainer").endswith("cached")


def test_later_training_meets_the_pushed_version_as_champion(story: Story) -> None:
    assert story.fourth.code == 0, story.fourth.stderr
    assert "nothing serves yet" in line(story.first, "Champion")
    assert f"version {story.versions[0][0]} " in line(story.fourth, "Champion")
    assert line(story.fourth, "Transform").endswith("cached")
    assert not line(story.fourth, "Trainer").endswith("cached")


def test_data_is_compared_with_that_of_the_champion(story: Story) -> None:
    version = story.versions[0][0]
    assert "nothing to compare with" in line(story.first, "DistributionValidator")
    assert f"no drift from version {version} " in line(story.fourth, "DistributionValidator")
    page = (story.workspace.parent / story.summary("fourth")["report"]).read_text()
    assert f"The data is like that of version {version}: no feature has drifted." in page


def test_a_version_and_a_run_are_compared_on_the_same_pictures(story: Story) -> None:
    names = [str(story.versions[0][0]), story.summary("fourth")["run_id"]]
    ended = start_digits(
        "compare", *names, "--json", "--workspace", str(story.workspace),
        folder=story.workspace.parent,
    ).wait()  # fmt: skip
    assert ended.code == 0, ended.stderr
    assert ended.stderr.splitlines() == [
        "finding the models", "reading the pictures", "evaluating 2 models", "timing the models",
        "drawing the pages",
    ]  # fmt: skip
    facts = json.loads(ended.stdout)
    assert [model["name"] for model in facts["models"]] == [
        f"version {names[0]}",
        f"run {names[1]}",
    ]
    assert facts["pictures"] == 64
    metrics = facts["whole"]["metrics"][f"run {names[1]}"]
    expected = story.summary("fourth")["metrics"]
    assert {name: value["value"] for name, value in metrics.items()} == pytest.approx(expected)
    champion = facts["whole"]["metrics"][f"version {names[0]}"]
    first = story.summary("first")["metrics"]
    assert {name: value["value"] for name, value in champion.items()} == pytest.approx(first)
    off = facts["whole"]["differences"][f"run {names[1]}"]
    assert off["mean_iou"]["value"] == pytest.approx(expected["mean_iou"] - first["mean_iou"])
    assert off["mean_iou"]["lower"] < off["mean_iou"]["value"] < off["mean_iou"]["upper"]
    assert facts["report"] == str(story.workspace / "compare.html")
    assert "Right with run" in Path(facts["report"]).read_text()


def test_a_version_that_is_named_by_its_folder_comes_from_its_run_too(story: Story) -> None:
    workspace = Workspace(story.workspace)
    folder = str(workspace.serving / str(story.versions[0][0]))
    named, _ = find_models(workspace, [folder, story.summary("fourth")["run_id"]])
    assert named.origin
    assert named.title.startswith("version of ")


def test_nothing_is_half_written_after_four_runs(story: Story) -> None:
    assert half_written(story.workspace) == []


def test_people_get_a_table_with_the_reasons_and_whole_paths(story: Story) -> None:
    ended = start_digits(
        "run",
        "--workspace",
        str(story.workspace),
        *settings("evaluation.bars.accuracy=1.0"),
        folder=story.workspace.parent,
    ).wait()
    assert ended.code == 3, ended.stderr
    assert "below the bar of 1" in ended.stdout
    assert "bar 1" in ended.stdout
    words = ended.stdout.split()
    assert Path(words[-1]).is_file()
    assert words[-5:-1] == ["pushed", "to", "nowhere", "report"]


def test_damaged_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "metadata.sqlite").write_text("this is no database, " * 100)
    (tmp_path / "serving/digits").mkdir(parents=True)
    ended = start_digits("run", "--workspace", str(tmp_path), *settings(), folder=tmp_path).wait()
    assert ended.code == 1
    assert ended.stderr.startswith(f"digits: the database {tmp_path}/metadata.sqlite is damaged")
    assert len(ended.stderr.splitlines()) == 1, ended.stderr


def line(run: Ended, component: str) -> str:
    return next(line for line in run.stderr.splitlines() if line.split()[1:2] == [component])
