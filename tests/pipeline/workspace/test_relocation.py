"""Paths in the database of a workspace that was moved."""

import json
import sqlite3
from pathlib import Path

import pytest
from ml_metadata.proto import metadata_store_pb2

from pipeline.workspace.database import open_database
from pipeline.workspace.relocation import moved, rebase, within
from pipeline.workspace.workspace import Workspace

OLD, NEW = "/old/wörk space", "/new/„place“"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{OLD}/artifacts/Trainer/model/6", f"{NEW}/artifacts/Trainer/model/6"),
        (f"{OLD}/serving/digits", f"{NEW}/serving/digits"),
        (f"[{OLD}/checkpoints]", f"[{NEW}/checkpoints]"),
        (json.dumps({"a": f"{OLD}/checkpoints"}), json.dumps({"a": f"{NEW}/checkpoints"})),
        (f"/mnt{OLD}/serving/digits", f"/mnt{OLD}/serving/digits"),  # another workspace
        (f"{OLD}/data/mnist", f"{OLD}/data/mnist"),  # not the workspace's own
        (f"{OLD}/serving-copy", f"{OLD}/serving-copy"),
        ("no path", "no path"),
    ],
)
def test_paths_of_the_workspace_are_moved_and_no_others(before: str, after: str) -> None:
    assert moved(before, OLD, NEW) == after


def test_artefacts_are_found_here_wherever_they_were_made(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    place = within(workspace, f"{OLD}/artifacts/Trainer/model/6")
    assert place == tmp_path.resolve() / "artifacts/Trainer/model/6"
    assert within(workspace, "/data/model") == Path("/data/model")


def test_everything_is_rewritten_but_for_times(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    store = open_database(workspace.metadata)
    kind = store.put_artifact_type(metadata_store_pb2.ArtifactType(name="Model"))
    artifacts = [
        metadata_store_pb2.Artifact(type_id=kind, uri=f"{root}/artifacts/Trainer/model/{number}")
        for number, root in enumerate(("/one", "/one/two", str(tmp_path.resolve())))
    ]
    artifacts[0].custom_properties["pushed_destination"].string_value = "/one/serving/digits/7"
    ids = store.put_artifacts(artifacts)
    before = store.get_artifacts_by_id(ids)
    assert rebase(workspace)
    after = store.get_artifacts_by_id(ids)
    here = tmp_path.resolve()
    assert [one.uri for one in after] == [f"{here}/artifacts/Trainer/model/{n}" for n in range(3)]
    pushed = after[0].custom_properties["pushed_destination"].string_value
    assert pushed == f"{here}/serving/digits/7"
    for old, new in zip(before, after, strict=True):
        assert new.last_update_time_since_epoch == old.last_update_time_since_epoch
    assert not rebase(workspace), "there is nothing left to do"


def test_what_breaks_off_changes_nothing(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    store = open_database(workspace.metadata)
    kind = store.put_artifact_type(metadata_store_pb2.ArtifactType(name="Model"))
    artifact = metadata_store_pb2.Artifact(type_id=kind, uri="/one/artifacts/Trainer/model/1")
    artifact.custom_properties["pushed_destination"].string_value = "/one/serving/digits/7"
    (identity,) = store.put_artifacts([artifact])
    with sqlite3.connect(workspace.metadata) as database:
        database.execute(
            "CREATE TRIGGER stop BEFORE UPDATE ON ArtifactProperty "
            "BEGIN SELECT RAISE(ABORT, 'stopped'); END"
        )
    with pytest.raises(sqlite3.Error):
        rebase(workspace)
    (after,) = store.get_artifacts_by_id([identity])
    assert after.uri == "/one/artifacts/Trainer/model/1"
