"""The history of runs: what changed between configs, and what is told of runs that broke off."""

from pathlib import Path
from typing import Any

import pytest
from ml_metadata import MetadataStore
from ml_metadata.proto import metadata_store_pb2

from pipeline.workspace.explain import explain
from pipeline.workspace.history import History
from pipeline.workspace.lineage import lineage_of_version
from pipeline.workspace.run_page import rebuild_page
from pipeline.workspace.runs import CODE, CONFIG, METRICS, as_table, changes, list_runs
from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError


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
    assert (first.run_id, first.state, first.changes, first.code) == ("one", "interrupted", [], "c")
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
    with pytest.raises(UserError, match="has a report yet"):
        rebuild_page(workspace, None)


class Kept:
    """A workspace in whose history runs are noted as TFX notes them."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace
        self.history = History(workspace)
        config = metadata_store_pb2.ConnectionConfig()
        config.sqlite.filename_uri = str(workspace.metadata)
        self.store = MetadataStore(config)

    def serve(self, version: int) -> None:
        folder = self.workspace.serving / str(version)
        folder.mkdir(parents=True)
        (folder / "saved_model.pb").touch()

    def run(self, name: str, *, state: str = "COMPLETE", **noted: Any) -> None:
        """A run in which nothing but its Pusher is noted, and what it noted."""
        self.history.begin(name, {CONFIG: "{}"})
        kind = self.store.put_artifact_type(
            metadata_store_pb2.ArtifactType(name="PushedModel"), can_add_fields=True
        )
        artifact = metadata_store_pb2.Artifact(type_id=kind, uri=f"/pushed/{name}")
        for key, value in noted.items():
            if isinstance(value, int):
                artifact.custom_properties[key].int_value = value
            else:
                artifact.custom_properties[key].string_value = value
        execution = metadata_store_pb2.Execution(
            type_id=self.store.put_execution_type(metadata_store_pb2.ExecutionType(name="Pusher")),
            last_known_state=metadata_store_pb2.Execution.State.Value(state),
        )
        event = metadata_store_pb2.Event(type=metadata_store_pb2.Event.OUTPUT)
        event.path.steps.add().key = "pushed_model"
        node = metadata_store_pb2.Context(
            type_id=self.store.put_context_type(metadata_store_pb2.ContextType(name="node")),
            name="digits.Pusher",
        )
        (run,) = (c for c in self.store.get_contexts_by_type("pipeline_run") if c.name == name)
        outputs = [(artifact, event)] if state in ("COMPLETE", "CACHED") else []
        self.store.put_execution(
            execution, outputs, [node, run], reuse_context_if_already_exist=True
        )

    def rows(self) -> list[tuple[str, int | None, int | None, bool]]:
        return [
            (one.run_id, one.pushed_version, one.served_version, one.serving)
            for one in list_runs(self.workspace)
        ]


@pytest.fixture
def kept(workspace: Workspace) -> Kept:
    return Kept(workspace)


def test_one_run_serves_the_one_that_pushed_what_serves(kept: Kept) -> None:
    kept.serve(7)
    kept.serve(9)
    kept.run("first", pushed=1, pushed_version="7")
    kept.run("second", pushed=1, pushed_version="9")
    kept.run("again", pushed=0, already_serves_as=9)
    kept.run("refused", pushed=0)
    assert kept.rows() == [
        ("first", 7, 7, False),
        ("second", 9, 9, True),
        ("again", None, 9, False),
        ("refused", None, None, False),
    ]


def test_run_that_took_a_push_from_the_cache_did_not_push(kept: Kept) -> None:
    kept.serve(7)
    kept.run("first", pushed=1, pushed_version="7")
    kept.run("again", state="CACHED", pushed=1, pushed_version="7")
    assert kept.rows() == [("first", 7, 7, True), ("again", None, 7, False)]


def test_version_whose_run_was_killed_before_it_could_note_it_is_found_by_the_next(
    kept: Kept,
) -> None:
    kept.serve(7)
    kept.run("killed", state="CANCELED")
    kept.run("next", pushed=0, already_serves_as=7)
    kept.run("later", pushed=0, already_serves_as=7)
    assert kept.rows() == [
        ("killed", None, None, False), ("next", None, 7, True), ("later", None, 7, False),
    ]  # fmt: skip
    found = lineage_of_version(kept.workspace, 7)
    assert (found.run_id, found.version, found.pushed) == ("next", 7, False)
    assert found.as_table().title == "version 7, first served in run next"


def test_version_that_another_put_there_is_no_run_s(kept: Kept) -> None:
    kept.run("first", pushed=1, pushed_version="7")
    kept.serve(7)
    kept.serve(12)
    assert [serving for *_, serving in kept.rows()] == [False]


def test_the_last_run_is_the_one_that_began_last_whatever_its_name_says(kept: Kept) -> None:
    for name in ("20260102-000000", "20260101-000000"):
        (kept.workspace.root / "runs" / name).mkdir(parents=True)
        kept.run(name, pushed=0)
    assert kept.history.runs() == ["20260102-000000", "20260101-000000"]
    with pytest.raises(UserError, match="the last one is 20260101-000000"):
        explain(kept.workspace, "x")
