"""What the two back ends do around a container, as far as a container can see.

Vertex hands over artefacts with type and name, and runs a driver hook before it looks into its
cache. Open-source Kubeflow Pipelines (2.17) hands over neither type nor name, runs no hook, and its
launcher copies what is at `minio://`, `s3://` and `gs://` to local paths and back.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.entry import CONTAINER_ROOT


class Backend(Protocol):
    """How one back end treats a task."""

    @property
    def runs_driver_hook(self) -> bool:
        """Whether `lifecycle.preCacheCheck` is run."""

    @property
    def environment(self) -> dict[str, str]:
        """Variables that every container gets."""

    def task_folder(self, root: str, run_id: str, task: str) -> str:
        """The address of the folder that holds a task's outputs."""

    def output_file(self, folder: str) -> str:
        """Where a container writes its ExecutorOutput."""

    def hand_over(self, artifact: pb.RuntimeArtifact) -> pb.RuntimeArtifact:
        """An artefact as a container that reads it sees it."""

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

    def task_folder(self, root: str, run_id: str, task: str) -> str:
        """ROOT/PROJECT_NUMBER/JOB/TASK_UUID, as TFX's entry documents it."""
        return f"{root}/0123456789/{run_id}/{task}_{run_id}"

    def output_file(self, folder: str) -> str:
        """Beside the outputs."""
        return f"{folder}/executor_output.json"

    def hand_over(self, artifact: pb.RuntimeArtifact) -> pb.RuntimeArtifact:
        """As it is."""
        return artifact

    def fetch(self, task: pb.ExecutorInput) -> None:
        """Nothing to do."""

    def store(self, task: pb.ExecutorInput) -> None:
        """Nothing to do."""


@dataclass(frozen=True)
class OpenSource:
    """Open-source Kubeflow Pipelines; a folder stands in for the object store.

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

    def task_folder(self, root: str, run_id: str, task: str) -> str:
        """ROOT/PIPELINE/RUN/TASK."""
        return f"{root}/digits/{run_id}/{task}"

    def output_file(self, folder: str) -> str:
        """In the container: component.OutputMetadataFilepath of the back end."""
        return str(self.pod / "tmp/kfp_outputs/output_metadata.json")

    def hand_over(self, artifact: pb.RuntimeArtifact) -> pb.RuntimeArtifact:
        """Without type and name."""
        return pb.RuntimeArtifact(uri=artifact.uri, metadata=artifact.metadata)

    def fetch(self, task: pb.ExecutorInput) -> None:
        """Copies inputs into a fresh container; makes the folders that outputs go into."""
        shutil.rmtree(self.pod, ignore_errors=True)
        for kept, local in self._pairs(task.inputs.artifacts.values()):
            _copy_files(kept, local)
        for _, local in self._pairs(task.outputs.artifacts.values()):
            local.parent.mkdir(parents=True, exist_ok=True)

    def store(self, task: pb.ExecutorInput) -> None:
        """Copies outputs out of the container, which is gone afterwards."""
        for kept, local in self._pairs(task.outputs.artifacts.values()):
            _copy_files(local, kept)
        shutil.rmtree(self.pod, ignore_errors=True)

    def _pairs(self, lists: Iterable[pb.ArtifactList]) -> list[tuple[Path, Path]]:
        """Where each artefact is in the store, and where in the container."""
        uris = {artifact.uri for listed in lists for artifact in listed.artifacts}
        keys = [uri.replace("://", "/", 1) for uri in sorted(uris)]
        return [(self.store_folder / key, self.pod / key.replace("gs/", "gcs/", 1)) for key in keys]


def _copy_files(source: Path, target: Path) -> None:
    """An object store knows files alone: folders without any are gone, as is what was not made."""
    for file in source.rglob("*"):
        if file.is_file():
            copy = target / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)
