"""The history of runs: what changed between configs, and what is told of runs that broke off."""

from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.history import History
from pipeline.lineage import lineage_of_version
from pipeline.run_page import rebuild_page
from pipeline.runs import CODE, CONFIG, METRICS, as_table, changes, list_runs
from pipeline.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_changes_are_told_leaf_by_leaf() -> None:
    before = {"seed": 1, "scene": {"scale": [1.0, 2.0], "noise": 0}, "bars": {"a": 0.5}}
    after = {"seed": 1, "scene": {"scale": [1.0, 3.0], "noise": 0}, "bars": {"b": 0.5}}
    assert changes(before, after) == [
        "scene.scale: [1.0, 2.0] → [1.0, 3.0]", "bars.a: 0.5 → none", "bars.b: none → 0.5",
    ]  # fmt: skip
    assert changes(before, before) == []


def test_run_that_broke_off_is_listed_with_its_config(workspace: Workspace) -> None:
    history = History(workspace)
    history.begin("one", {CONFIG: '{"seed": 1}', CODE: "c"})
    history.begin("two", {CONFIG: '{"seed": 2}', CODE: "d"})
    history.note("two", {METRICS: '{"accuracy": 0.5}'})
    first, second = list_runs(workspace)
    assert (first.run_id, first.state, first.changes, first.code) == ("one", "broken off", [], "c")
    assert (second.changes, second.metrics) == (["seed: 1 → 2"], {"accuracy": 0.5})
    assert (second.blessed, second.pushed_version, second.serving) == (None, None, False)
    assert as_table([first, second]).row_count == 2


def test_run_made_before_anything_was_noted_is_no_trouble(workspace: Workspace) -> None:
    History(workspace).begin("old", {})
    (record,) = list_runs(workspace)
    assert (record.code, record.changes, record.metrics) == ("", [], {})


def test_empty_folder_is_a_sentence_and_stays_empty(workspace: Workspace) -> None:
    for ask in (list_runs, lambda w: rebuild_page(w, None), lambda w: lineage_of_version(w, 1)):
        with pytest.raises(UserError, match="holds no runs; make one with `digits run`"):
            ask(workspace)
    assert list(workspace.root.iterdir()) == []


def test_unknown_version_and_run_are_sentences(workspace: Workspace) -> None:
    History(workspace).begin("one", {})
    with pytest.raises(UserError, match="no run pushed version 5; versions pushed: none yet"):
        lineage_of_version(workspace, 5)
    with pytest.raises(UserError, match="there is no run two"):
        rebuild_page(workspace, "two")
    with pytest.raises(UserError, match="run one ended before it made a report"):
        rebuild_page(workspace, "one")
    with pytest.raises(UserError, match="made a report yet"):
        rebuild_page(workspace, None)


def test_half_copied_version_does_not_serve(workspace: Workspace) -> None:
    assert workspace.serving_version is None
    for version, complete in ((3, True), (12, True), (100, False)):
        folder = workspace.serving / str(version)
        folder.mkdir(parents=True)
        if complete:
            (folder / "saved_model.pb").touch()
    assert workspace.serving_version == 12
