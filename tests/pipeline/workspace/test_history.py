"""What ML Metadata remembers, asked of a real database."""

from pathlib import Path

import pytest
from ml_metadata import MetadataStore
from ml_metadata.proto import metadata_store_pb2

from pipeline.workspace.history import History
from pipeline.workspace.workspace import Workspace

Execution = metadata_store_pb2.Execution


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def put(workspace: Workspace, *states: "Execution.State") -> list[int]:
    connection = metadata_store_pb2.ConnectionConfig()
    connection.sqlite.filename_uri = str(workspace.metadata)
    store = MetadataStore(connection)
    kind = store.put_execution_type(metadata_store_pb2.ExecutionType(name="a component"))
    return list(store.put_executions([Execution(type_id=kind, last_known_state=s) for s in states]))


def test_unknown_run_has_no_nodes(workspace: Workspace) -> None:
    assert History(workspace).nodes("never") == {}


def test_new_workspace_has_nothing_unfinished(workspace: Workspace) -> None:
    assert History(workspace).unfinished() == set()


def test_only_open_executions_are_unfinished(workspace: Workspace) -> None:
    ids = put(
        workspace,
        Execution.NEW,
        Execution.RUNNING,
        Execution.COMPLETE,
        Execution.FAILED,
        Execution.CACHED,
        Execution.CANCELED,
    )
    assert History(workspace).unfinished() == set(ids[:2])


def test_given_up_executions_are_finished_and_others_stay_open(workspace: Workspace) -> None:
    first, second = put(workspace, Execution.RUNNING, Execution.RUNNING)
    history = History(workspace)
    history.cancel({first})
    assert history.unfinished() == {second}


def test_giving_up_nothing_changes_nothing(workspace: Workspace) -> None:
    (one,) = put(workspace, Execution.RUNNING)
    History(workspace).cancel(set())
    assert History(workspace).unfinished() == {one}
