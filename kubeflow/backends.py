"""What the two back ends do around a container, as far as a container can see.

Vertex hands over artefacts with type and name, and runs a driver hook before it looks into its
cache. Open-source Kubeflow Pipelines hands over an id for a name and an empty type, runs no hook,
adds an output of its own, and its launcher copies what is at `minio://`, `s3://` and `gs://` to
local paths and back. It follows the Go sources of Kubeflow Pipelines 2.17.0, under backend/src/v2.
"""

import hashlib
import json
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from google.protobuf import struct_pb2
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.entry import CONTAINER_ROOT, local_path


class Backend(Protocol):
    """How one back end treats a task."""

    @property
    def runs_driver_hook(self) -> bool:
        """Whether `lifecycle.preCacheCheck` is run."""

    @property
    def environment(self) -> dict[str, str]:
        """Variables that every container gets."""

    def plan_outputs(
        self, declared: pb.ComponentOutputsSpec, *, root: str, run_id: str, task: str
    ) -> pb.ExecutorInput.Outputs:
        """Where a task is to put what it makes, and where to say so."""

    def hand_over(self, key: str, artifact: pb.RuntimeArtifact) -> pb.RuntimeArtifact:
        """An artefact, the output `key` of its maker, as a container that reads it sees it."""

    def fetch(self, task: pb.ExecutorInput) -> None:
        """Makes the inputs of a container readable for it."""

    def store(self, task: pb.ExecutorInput) -> None:
        """Keeps what a container has written."""


@dataclass(frozen=True)
class Vertex:
    """Vertex AI Pipelines; containers read and write the bucket themselves."""

    runs_driver_hook = True

    @property
    def environment(self) -> dict[str, str]:
        """None."""
        return {}

    def plan_outputs(
        self, declared: pb.ComponentOutputsSpec, *, root: str, run_id: str, task: str
    ) -> pb.ExecutorInput.Outputs:
        """Under ROOT/PROJECT_NUMBER/JOB/TASK_UUID, as TFX's entry documents it."""
        folder = f"{root}/0123456789/{run_id}/{task}_{run_id}"
        planned = pb.ExecutorInput.Outputs(output_file=f"{folder}/executor_output.json")
        _plan_artifacts(planned, declared, folder)
        for key, listed in planned.artifacts.items():
            listed.artifacts[0].name = f"{run_id}/{task}/{key}"
        for key in declared.parameters:
            planned.parameters[key].output_file = f"{folder}/{key}.txt"
        return planned

    def hand_over(self, key: str, artifact: pb.RuntimeArtifact) -> pb.RuntimeArtifact:
        """As it is."""
        return artifact

    def fetch(self, task: pb.ExecutorInput) -> None:
        """Nothing to do."""

    def store(self, task: pb.ExecutorInput) -> None:
        """Nothing to do."""


LOGS: Final = "executor-logs"
"""The output that the driver adds to every task: the launcher writes what the container says."""

_SESSION: Final = {
    "Provider": "minio",
    "Params": {
        "accessKeyKey": "accesskey",
        "disableSSL": "true",
        "endpoint": "seaweedfs.kubeflow:9000",
        "fromEnv": "false",
        "maxRetries": "5",
        "region": "minio",
        "secretKeyKey": "secretkey",
        "secretName": "mlpipeline-minio-artifact",
    },
}
"""getDefaultMinioSessionInfo, config/env.go."""


@dataclass(frozen=True)
class OpenSource:
    """Open-source Kubeflow Pipelines; a folder stands in for the object store.

    What it does not do: write the log into its file, register ids in a metadata store (they are
    made of the addresses), retry.

    Attributes:
        store_folder: the object store, `SCHEME/BUCKET/KEY`.
        pod: the file system of the container at hand, which begins empty each time.
    """

    store_folder: Path
    pod: Path
    runs_driver_hook = False

    @property
    def environment(self) -> dict[str, str]:
        """Where the launcher's copies are."""
        return {CONTAINER_ROOT: str(self.pod)}

    def plan_outputs(
        self, declared: pb.ComponentOutputsSpec, *, root: str, run_id: str, task: str
    ) -> pb.ExecutorInput.Outputs:
        """Under ROOT/PIPELINE/RUN/TASK/UUID, and the log as one more output.

        provisionOutputs, driver/driver.go, with PUBLISH_LOGS as the default manifest has it; then
        qualifyExecutorLogsURI, component/launcher_v2.go, for a first try.
        """
        folder = f"{root}/digits/{run_id}/{task}/{uuid.uuid4()}"
        with_logs = pb.ComponentOutputsSpec()
        with_logs.CopyFrom(declared)
        with_logs.artifacts[LOGS].artifact_type.schema_title = "system.Artifact"
        planned = pb.ExecutorInput.Outputs(
            output_file=f"{self._local(folder)}/output_metadata.json"
        )
        _plan_artifacts(planned, with_logs, folder)
        planned.artifacts[LOGS].artifacts[0].uri += "-0"
        for key in declared.parameters:
            planned.parameters[key].output_file = f"{self.pod}/tmp/kfp/outputs/{key}"
        return planned

    def hand_over(self, key: str, artifact: pb.RuntimeArtifact) -> pb.RuntimeArtifact:
        """As it comes back from the metadata store.

        RecordArtifact, metadata/client.go; toRuntimeArtifact, metadata/converter.go.
        """
        number = int.from_bytes(hashlib.sha256(artifact.uri.encode()).digest()[:4])
        kept = pb.RuntimeArtifact(name=str(number), uri=artifact.uri)
        kept.type.instance_schema = ""
        for name, value in artifact.metadata.fields.items():
            kept.metadata.fields[name].CopyFrom(_as_stored(name, value))
        for name, text in (("display_name", key), ("store_session_info", json.dumps(_SESSION))):
            if name not in kept.metadata:
                kept.metadata[name] = text
        return kept

    def fetch(self, task: pb.ExecutorInput) -> None:
        """Copies inputs into a fresh container; makes folders for outputs, and the log's file.

        downloadArtifacts, prepareOutputFolders and getLogWriter, component/launcher_v2.go.
        """
        shutil.rmtree(self.pod, ignore_errors=True)
        for kept, local in self._pairs(task.inputs.artifacts.values()):
            _copy_files(kept, local)
        for _, local in self._pairs(task.outputs.artifacts.values()):
            local.parent.mkdir(parents=True, exist_ok=True)
        for artifact in task.outputs.artifacts[LOGS].artifacts:
            Path(self._local(artifact.uri)).touch()

    def store(self, task: pb.ExecutorInput) -> None:
        """Copies outputs out of the container, which is gone afterwards."""
        for kept, local in self._pairs(task.outputs.artifacts.values()):
            _copy_files(local, kept)
        shutil.rmtree(self.pod, ignore_errors=True)

    def _pairs(self, lists: Iterable[pb.ArtifactList]) -> list[tuple[Path, Path]]:
        """Where each artefact is in the store, and where in the container."""
        uris = {artifact.uri for listed in lists for artifact in listed.artifacts}
        return [
            (self.store_folder / uri.replace("://", "/", 1), Path(self._local(uri)))
            for uri in sorted(uris)
        ]

    def _local(self, uri: str) -> str:
        return local_path(uri, container_root=str(self.pod))


def _plan_artifacts(
    planned: pb.ExecutorInput.Outputs, declared: pb.ComponentOutputsSpec, folder: str
) -> None:
    for key, artifact in declared.artifacts.items():
        planned.artifacts[key].artifacts.add(
            name=key,
            uri=f"{folder}/{key}",
            type=artifact.artifact_type,
            metadata=artifact.metadata,
        )


def _as_stored(name: str, value: struct_pb2.Value) -> struct_pb2.Value:
    """A value of metadata there and back: StructValueToMLMDValue, metadata/converter.go."""
    match value.WhichOneof("kind"):
        case "string_value" | "number_value":
            return value
        case "bool_value":
            return struct_pb2.Value(number_value=int(value.bool_value))
        case "list_value":
            return _wrapped("list", value)
        case "struct_value":
            return _wrapped("struct", value)
        case other:
            raise ValueError(f"metadata {name} is {other}, which the launcher refuses")


def _wrapped(kind: str, value: struct_pb2.Value) -> struct_pb2.Value:
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields={kind: value}))


def _copy_files(source: Path, target: Path) -> None:
    """An object store knows files alone: folders without any are gone, as is what was not made."""
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    for file in source.rglob("*"):
        if file.is_file():
            copy = target / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)
