"""Compiled pipelines, executed here with folders in place of what is elsewhere.

Folders stand in for the bucket of Vertex, for the object store and the mounted volume of
open-source Kubeflow. Every command is the one that was compiled. They run in this process, but for
the first run on Kubeflow: there each has one of its own, forked from one in which TFX is loaded
already: as real, and 15 seconds sooner.
"""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import digits_process
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.backends import OpenSource, Vertex
from kubeflow.compiler import compile_pipeline
from kubeflow.execution import Done, Execution
from kubeflow.launch import TIMEOUT_S, ContainerFailedError, in_this_process
from pipeline.config.file import read_config
from vocabulary.versions import versions

SMALL = (*digits_process.SMALL, "evaluation.margin=1.0")
IMAGE = "kubeflow.image=registry.example/digits:1"


class Place(NamedTuple):
    """A target and the folders that stand in for what it has elsewhere."""

    target: str
    folder: Path

    @property
    def serving(self) -> Path:
        return self.folder / "serving" / "digits"

    def path(self, uri: str) -> Path:
        """Where something that a task made is kept."""
        return Path(uri.replace("minio://", f"{self.folder}/store/minio/"))

    def execution(self, run_id: str, launch: Any, *settings: str, **values: float) -> Execution:
        if self.target == "vertex":
            root, there = "gs://bucket/root", "gs://bucket"
            backend: Any = Vertex()
        else:
            root, there = "minio://mlpipeline/v2", "/mnt"
            backend = OpenSource(self.folder / "store", self.folder / "pod")
        config = read_config(
            None,
            [
                *SMALL,
                IMAGE,
                f"kubeflow.pipeline_root={root}",
                f"kubeflow.push_destination={there}/serving/digits",
                "kubeflow.volumes={serving: /mnt}" if there == "/mnt" else "kubeflow.volumes={}",
                *settings,
            ],
        )
        spec = json.dumps(compile_pipeline(config, self.target).spec)
        return Execution(
            spec=json_format.Parse(spec.replace(f"{there}/", f"{self.folder}/"), pb.PipelineSpec()),
            root=root.replace(there, str(self.folder)),
            backend=backend,
            launch=launch,
            cache=self.folder / "cache",
            run_id=run_id,
            values=values,
        )


class Story(NamedTuple):
    """Three runs: the first, the same again, and one that trains longer."""

    place: Place
    first: dict[str, Done]
    again: dict[str, Done]
    longer: dict[str, Done]
    pushed: list[list[int]]
    """The versions that there are after each."""


def tell(target: str, folder: Path) -> Story:
    place = Place(target, folder)
    runs, pushed = [], []
    for run_id, values in (("first", {}), ("again", {}), ("longer", {"training_epochs": 2})):
        faithful = target == "kubeflow" and run_id == "first"
        launch = in_forked_process if faithful else in_this_process
        runs.append(place.execution(run_id, launch, **values).run())
        pushed.append(versions(str(place.serving)))
    return Story(place, *runs, pushed)


def in_forked_process(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """As `kubeflow.launch.in_own_process`, without the imports."""
    with tempfile.NamedTemporaryFile("r") as log:
        process = digits_process.FORKING.Process(
            target=_contain, args=(command, environment, log.name)
        )
        process.start()
        process.join(TIMEOUT_S)
        if process.exitcode != 0:
            process.kill()
            raise ContainerFailedError(f"ended with {process.exitcode}:\n{log.read()[-4000:]}")


def _contain(command: Sequence[str], environment: Mapping[str, str], log: str) -> None:
    file = os.open(log, os.O_WRONLY)
    os.dup2(file, 1)
    os.dup2(file, 2)
    in_this_process(command, environment)
