"""What ML Metadata remembers of the runs in a workspace."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ml_metadata import MetadataStore
from ml_metadata.proto import metadata_store_pb2

from pipeline.workspace import Workspace

_Execution = metadata_store_pb2.Execution
_STATES = {
    _Execution.COMPLETE: "complete",
    _Execution.CACHED: "complete",
    _Execution.FAILED: "failed",
    _Execution.CANCELED: "cancelled",
    _Execution.RUNNING: "running",
}


@dataclass(frozen=True)
class Output:
    """An artefact: where it is and what is noted of it."""

    uri: Path
    properties: dict[str, Any]


@dataclass(frozen=True)
class Node:
    """One component in one run.

    Attributes:
        id: of the component.
        execution_id: of this execution in ML Metadata.
        state: complete, failed, cancelled or running.
        cached: whether its outputs were taken from the cache.
        seconds: between its registration and its last change of state.
        outputs: by key; each output of this DAG is one artefact.
    """

    id: str
    execution_id: int
    state: str
    cached: bool
    seconds: float
    outputs: dict[str, Output] = field(default_factory=dict)


class History:
    """Reads the database of a workspace."""

    def __init__(self, workspace: Workspace):
        self._store = MetadataStore(_connection(workspace.metadata))

    def nodes(self, run_id: str) -> dict[str, Node]:
        """The components of a run by id, in the order in which they ran; empty if there is none."""
        context = self._store.get_context_by_type_and_name("pipeline_run", run_id)
        if context is None:
            return {}
        executions = self._store.get_executions_by_context(context.id)
        nodes = [self._node(execution) for execution in sorted(executions, key=lambda e: e.id)]
        return {node.id: node for node in nodes}

    def unfinished(self) -> set[int]:
        """The ids of the executions that a run which was killed or broke off left open."""
        open_states = (_Execution.NEW, _Execution.RUNNING)
        executions = self._store.get_executions()
        return {e.id for e in executions if e.last_known_state in open_states}

    def give_up(self, execution_ids: set[int]) -> None:
        """Marks executions as cancelled."""
        if not execution_ids:
            return
        executions = self._store.get_executions_by_id(list(execution_ids))
        for execution in executions:
            execution.last_known_state = _Execution.CANCELED
        self._store.put_executions(executions)

    def _node(self, execution: metadata_store_pb2.Execution) -> Node:
        contexts = self._store.get_contexts_by_execution(execution.id)
        name = next(context.name for context in contexts if context.type == "node")
        elapsed = execution.last_update_time_since_epoch - execution.create_time_since_epoch
        return Node(
            id=name.rpartition(".")[2],
            execution_id=execution.id,
            state=_STATES.get(execution.last_known_state, "unknown"),
            cached=execution.last_known_state == _Execution.CACHED,
            seconds=elapsed / 1000,
            outputs=self._outputs(execution.id),
        )

    def _outputs(self, execution_id: int) -> dict[str, Output]:
        events = self._store.get_events_by_execution_ids([execution_id])
        keys = {
            event.artifact_id: event.path.steps[0].key
            for event in events
            if event.type == metadata_store_pb2.Event.OUTPUT
        }
        artifacts = self._store.get_artifacts_by_id(list(keys))
        return {keys[artifact.id]: _output(artifact) for artifact in artifacts}


def _output(artifact: metadata_store_pb2.Artifact) -> Output:
    values = {**artifact.properties, **artifact.custom_properties}
    properties = {
        name: getattr(value, value.WhichOneof("value"))
        for name, value in values.items()
        if value.WhichOneof("value")
    }
    return Output(Path(artifact.uri), properties)


def _connection(database: Path) -> metadata_store_pb2.ConnectionConfig:
    config = metadata_store_pb2.ConnectionConfig()
    config.sqlite.filename_uri = str(database)
    return config
