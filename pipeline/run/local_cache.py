"""TFX's cache, for workspaces that are moved and for files that are damaged.

TFX hashes the URIs of inputs and the paths in parameters into a key, and reuses whatever folder is
still there. Here a key does not depend on where the workspace is, and an artefact whose files have
changed since it was produced is not reused.
"""

import contextlib
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ml_metadata.proto import metadata_store_pb2
from tfx import types
from tfx.orchestration import metadata
from tfx.orchestration.portable import cache_utils

from components.digit_example_gen.component import without_place
from pipeline.workspace.artifact_files import FILES, damage
from pipeline.workspace.relocation import moved, within
from pipeline.workspace.workspace import Workspace

Outputs = dict[str, list[types.Artifact]]
_Artifact = metadata_store_pb2.Artifact


@contextlib.contextmanager
def local_cache(workspace: Workspace, on_damage: Callable[[str], None]) -> Iterator[None]:
    """Makes TFX's launcher use this cache in a context; the launcher has no hook for it.

    `on_damage` is called with a sentence for each artefact that has changed.
    """
    root = str(workspace.resolved.root)
    context_of, outputs_of = cache_utils.get_cache_context, cache_utils.get_cached_outputs

    def get_cache_context(**arguments: Any) -> metadata_store_pb2.Context:
        arguments["input_artifacts"] = _without_root(arguments["input_artifacts"] or {}, root)
        arguments["parameters"] = {
            name: moved(value, root, "") if isinstance(value, str) else value
            for name, value in without_place(arguments["parameters"] or {}).items()
        }
        return context_of(**arguments)

    def get_cached_outputs(
        metadata_handle: metadata.Metadata, cache_context: metadata_store_pb2.Context
    ) -> Outputs | None:
        for sentence in _retire_damaged(metadata_handle.store, cache_context, workspace):
            on_damage(sentence)
        return outputs_of(metadata_handle=metadata_handle, cache_context=cache_context)

    cache_utils.get_cache_context = get_cache_context
    cache_utils.get_cached_outputs = get_cached_outputs
    try:
        yield
    finally:
        cache_utils.get_cache_context, cache_utils.get_cached_outputs = context_of, outputs_of


def _without_root(artifacts: Mapping[str, Sequence[types.Artifact]], root: str) -> Outputs:
    """Copies whose paths begin in the workspace; their ids tell them apart."""
    copies = {key: [copy.deepcopy(one) for one in listed] for key, listed in artifacts.items()}
    for artifact in (one for listed in copies.values() for one in listed):
        proto = artifact.mlmd_artifact
        proto.uri = moved(proto.uri, root, "")
        proto.ClearField("last_update_time_since_epoch")
        for value in proto.custom_properties.values():
            if value.HasField("string_value"):
                value.string_value = moved(value.string_value, root, "")
    return copies


def _retire_damaged(
    store: Any, cache_context: metadata_store_pb2.Context, workspace: Workspace
) -> Iterator[str]:
    """Marks the damaged outputs that the cache has under a key; yields a sentence for each."""
    executions = [execution.id for execution in store.get_executions_by_context(cache_context.id)]
    events = store.get_events_by_execution_ids(executions) if executions else []
    ids = sorted({e.artifact_id for e in events if e.type == metadata_store_pb2.Event.OUTPUT})
    for artifact in store.get_artifacts_by_id(ids) if ids else []:
        recorded = artifact.custom_properties[FILES].string_value
        if artifact.state != _Artifact.LIVE or not recorded:
            continue
        if problem := damage(within(workspace, artifact.uri), recorded):
            artifact.state = _Artifact.MARKED_FOR_DELETION
            store.put_artifacts([artifact])
            yield f"{problem}; it is produced again"
