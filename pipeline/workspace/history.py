"""The runs of a workspace in ML Metadata."""

from collections.abc import Container, Iterable
from datetime import datetime
from pathlib import Path

from ml_metadata.proto import metadata_store_pb2

from pipeline.workspace.artifact_files import FILES, record
from pipeline.workspace.database import open_database
from pipeline.workspace.node import Node, Output
from pipeline.workspace.relocation import within
from pipeline.workspace.workspace import Workspace

_Execution = metadata_store_pb2.Execution
_RUN = "pipeline_run"
_REMOVED = "removed"
_STATES = {
    _Execution.COMPLETE: "complete",
    _Execution.CACHED: "complete",
    _Execution.FAILED: "failed",
    _Execution.CANCELED: "interrupted",
    _Execution.RUNNING: "running",
}


class History:
    """Reads and notes runs in the database of a workspace."""

    def __init__(self, workspace: Workspace):
        self._store = open_database(workspace.metadata)
        self._workspace = workspace

    def nodes(self, run_id: str) -> dict[str, Node]:
        """The components of a run by id, in the order in which they ran; empty if there is none."""
        context = self._store.get_context_by_type_and_name(_RUN, run_id)
        if context is None:
            return {}
        executions = self._store.get_executions_by_context(context.id)
        nodes = [self._node(execution) for execution in sorted(executions, key=lambda e: e.id)]
        return {node.id: node for node in nodes}

    def begin(self, run_id: str, notes: dict[str, str]) -> None:
        """Registers a run before its first component starts, so that a killed run is listed too."""
        kind = self._store.put_context_type(metadata_store_pb2.ContextType(name=_RUN))
        self._store.put_contexts([metadata_store_pb2.Context(type_id=kind, name=run_id)])
        self.note(run_id, notes)

    def note(self, run_id: str, notes: dict[str, str]) -> None:
        """Adds notes to a run, or replaces those of the same names."""
        context = self._store.get_context_by_type_and_name(_RUN, run_id)
        for name, text in notes.items():
            context.custom_properties[name].string_value = text
        self._store.put_contexts([context])

    def notes(self, *, removed: bool = False) -> dict[str, dict[str, str]]:
        """The notes of each run by its id, oldest first; on request, of removed runs too."""
        contexts = sorted(self._store.get_contexts_by_type(_RUN), key=lambda context: context.id)
        return {
            context.name: {name: v.string_value for name, v in context.custom_properties.items()}
            for context in contexts
            if removed or _REMOVED not in context.custom_properties
        }

    def runs(self) -> list[str]:
        """The ids of all runs, oldest first: in the order in which they began, not by their names.

        A name is of local time, which may have been set back.
        """
        return list(self.notes())

    def artifacts_of(self, runs: Iterable[str]) -> dict[int, Path]:
        """The folders of all outputs of runs by id, also of those taken from the cache."""
        outputs = [o for run in runs for n in self.nodes(run).values() for o in n.outputs.values()]
        return {output.id: output.uri for output in outputs}

    def forget(self, runs: Iterable[str], *, keeping: Container[int]) -> None:
        """Marks runs, and all artefacts but those to keep, as removed; the cache reuses none.

        Their notes stay, for the lineage of what is kept leads through them.
        """
        artifacts = [one for one in self._store.get_artifacts() if one.id not in keeping]
        for artifact in artifacts:
            artifact.state = metadata_store_pb2.Artifact.DELETED
        if artifacts:
            self._store.put_artifacts(artifacts)
        for run_id in runs:
            self.note(run_id, {_REMOVED: datetime.now().isoformat(timespec="seconds")})

    def origin(self, artifact_id: int) -> str:
        """The id of the run that produced an artefact; later runs may have reused it."""
        events = self._store.get_events_by_artifact_ids([artifact_id])
        producer = min(e.execution_id for e in events if e.type == metadata_store_pb2.Event.OUTPUT)
        contexts = self._store.get_contexts_by_execution(producer)
        return str(next(context.name for context in contexts if context.type == _RUN))

    def record_files(self, node: Node) -> None:
        """Records the files of a component's outputs, where there is no record yet."""
        new = [one for one in node.outputs.values() if FILES not in one.properties]
        artifacts = self._store.get_artifacts_by_id([one.id for one in new]) if new else []
        for artifact in artifacts:
            facts = record(within(self._workspace, artifact.uri))
            artifact.custom_properties[FILES].string_value = facts
        if artifacts:
            self._store.put_artifacts(artifacts)

    def unfinished(self) -> set[int]:
        """The ids of the executions that a killed or interrupted run has left open."""
        open_states = (_Execution.NEW, _Execution.RUNNING)
        executions = self._store.get_executions()
        return {e.id for e in executions if e.last_known_state in open_states}

    def cancel(self, execution_ids: set[int]) -> None:
        """Marks executions as interrupted."""
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
            began=datetime.fromtimestamp(execution.create_time_since_epoch / 1000),
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
        return {keys[artifact.id]: _output(artifact, self._workspace) for artifact in artifacts}


def _output(artifact: metadata_store_pb2.Artifact, workspace: Workspace) -> Output:
    values = {**artifact.properties, **artifact.custom_properties}
    properties = {
        name: getattr(value, value.WhichOneof("value"))
        for name, value in values.items()
        if value.WhichOneof("value")
    }
    return Output(within(workspace, artifact.uri), properties, artifact.id)
