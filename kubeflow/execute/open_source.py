"""Open-source Kubeflow Pipelines, after the Go sources of 2.17.0, under backend/src/v2.

It hands over an id for a name and an empty type, runs no driver hook, adds an output of its own to
every task, and its launcher copies what is at `minio://`, `s3://` and `gs://` to local paths and
back. What is not followed: the log is not written into its file (it lies beside the run), ids are
made of addresses in place of a metadata store, and between tries there is no pause.
"""

import hashlib
import json
import shutil
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from google.protobuf import json_format, struct_pb2
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.execute.backend import Backend, Container, plan_artifacts
from kubeflow.launcher_paths import CONTAINER_ROOT, local_path

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
class OpenSource(Backend):
    """Folders stand for the object store, for volumes, and for a container's own files: `pod`."""

    pod: Path
    name = "Kubeflow Pipelines 2.17"
    runs_driver_hook = False

    @property
    def environment(self) -> dict[str, str]:
        """The root of the container's file system."""
        return {CONTAINER_ROOT: str(self.pod)}

    def plan_outputs(
        self, declared: pb.ComponentOutputsSpec, *, root: str, run_id: str, task: str
    ) -> pb.ExecutorInput.Outputs:
        """Under ROOT/PIPELINE/RUN/TASK/UUID, and the log as one more output.

        provisionOutputs, driver/driver.go, with PUBLISH_LOGS as the default manifest has it.
        """
        folder = f"{root}/digits/{run_id}/{task}/{uuid.uuid4()}"
        with_logs = pb.ComponentOutputsSpec()
        with_logs.CopyFrom(declared)
        with_logs.artifacts[LOGS].artifact_type.schema_title = "system.Artifact"
        planned = pb.ExecutorInput.Outputs(
            output_file=f"{self._local(folder)}/output_metadata.json"
        )
        plan_artifacts(planned, with_logs, folder)
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

    def cache_key(
        self, container: Container, task: pb.ExecutorInput, claims: Collection[str]
    ) -> dict[str, Any]:
        """Inputs by their ids in the metadata store: GenerateCacheKey, cacheutils/cache.go."""
        inputs = json_format.MessageToDict(task.inputs)
        spec = {
            key: {name: value for name, value in listed["artifacts"][0].items() if name != "uri"}
            for key, listed in json_format.MessageToDict(task.outputs)["artifacts"].items()
        }
        return {
            "inputArtifactNames": {
                key: {"artifactNames": [artifact["name"] for artifact in listed["artifacts"]]}
                for key, listed in inputs.get("artifacts", {}).items()
            },
            "inputParameterValues": inputs.get("parameterValues", {}),
            "outputArtifactsSpec": spec,
            "containerSpec": {
                "image": container.image,
                "cmdArgs": [*container.command, *container.args],
                "pvcNames": sorted(set(claims)),
            },
        }

    def in_container(self, task: pb.ExecutorInput) -> pb.ExecutorInput:
        """With paths of this machine, but for the artefacts, which the launcher copies."""
        seen = self.folders.localized(task)
        for side, there in ((seen.inputs, task.inputs), (seen.outputs, task.outputs)):
            for key, listed in side.artifacts.items():
                for artifact, original in zip(
                    listed.artifacts, there.artifacts[key].artifacts, strict=True
                ):
                    artifact.uri = original.uri
        return seen

    def fetch(self, task: pb.ExecutorInput, attempt: int) -> None:
        """Copies inputs into a fresh container; makes folders for outputs, and the log's file.

        downloadArtifacts, prepareOutputFolders, getLogWriter and, for the log of each attempt,
        qualifyExecutorLogsURI, component/launcher_v2.go.
        """
        for log in task.outputs.artifacts[LOGS].artifacts:
            log.uri = f"{log.uri.removesuffix(f'-{attempt - 1}')}-{attempt}"
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
        return [(self.folders.path(uri), Path(self._local(uri))) for uri in sorted(uris)]

    def _local(self, uri: str) -> str:
        return local_path(uri, container_root=str(self.pod))


def _as_stored(name: str, value: struct_pb2.Value) -> struct_pb2.Value:
    """A value of metadata there and back: StructValueToMLMDValue, metadata/converter.go."""
    match value.WhichOneof("kind"):
        case "string_value" | "number_value":
            return value
        case "bool_value":
            return struct_pb2.Value(number_value=int(value.bool_value))
        case "list_value" | "struct_value" as kind:
            fields = {kind.removesuffix("_value"): value}
            return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
        case other:
            raise ValueError(f"metadata {name} is {other}, which the launcher refuses")


def _copy_files(source: Path, target: Path) -> None:
    """As an object store does, which has no empty folders; what does not exist is passed over."""
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    for file in source.rglob("*"):
        if file.is_file():
            copy = target / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)
