"""Compiled pipelines, executed here with folders in place of buckets and volumes.

Every command is the one that was compiled; it runs in this process, which has loaded TFX already,
as real, and sooner. `digits execute` itself is in execute/test_command.py.
"""

import contextlib
import importlib.util
import os
import runpy
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.compiler import compile_pipeline
from kubeflow.execute.backend import Vertex
from kubeflow.execute.execution import Execution, TaskResult
from kubeflow.execute.folders import Folders
from kubeflow.execute.open_source import OpenSource
from kubeflow.spec_file import CompiledPipeline
from pipeline.config.file import read_config
from tests.pipeline.digits_process import SMALL
from vocabulary.versions import versions

PLACES = {
    "vertex": (
        "kubeflow.pipeline_root=gs://bucket/root",
        "kubeflow.push_destination=gs://bucket/serving/digits",
    ),
    "kubeflow": (
        "kubeflow.pipeline_root=minio://mlpipeline/v2",
        "kubeflow.volumes.models=/mnt",
        "kubeflow.push_destination=/mnt/serving/digits",
    ),
}


def compile_small(target: str, *settings: str) -> CompiledPipeline:
    image = "kubeflow.image=registry.example/digits:1"
    return compile_pipeline(read_config(None, [*SMALL, image, *PLACES[target], *settings]), target)


class Place(NamedTuple):
    """A target, and the folder under which there is a folder for all that it has elsewhere."""

    target: str
    folder: Path

    @property
    def folders(self) -> Folders:
        return Folders(self.folder, {"/mnt": "models"} if self.target == "kubeflow" else {})

    @property
    def serving(self) -> Path:
        return self.folders.path(PLACES[self.target][-1].partition("=")[2])

    def path(self, uri: str) -> Path:
        """Where what is at an address lies."""
        return self.folders.path(uri)

    def execution(self, run_id: str, *settings: str, **values: float) -> Execution:
        compiled = compile_small(self.target, *settings)
        vertex = self.target == "vertex"
        return Execution(
            spec=json_format.ParseDict(compiled.spec, pb.PipelineSpec()),
            root=compiled.root,
            backend=Vertex(self.folders) if vertex else OpenSource(self.folders, self.folder / "p"),
            launch=in_this_process,
            cache=self.folder / "cache",
            run_id=run_id,
            values=values,
        )


class Story(NamedTuple):
    """Three runs: the first, the same again, and one that trains longer."""

    place: Place
    first: dict[str, TaskResult]
    again: dict[str, TaskResult]
    longer: dict[str, TaskResult]
    pushed: list[list[int]]
    """The versions that there are after each."""


def tell(target: str, folder: Path) -> Story:
    place = Place(target, folder)
    runs, pushed = [], []
    for run_id, values in (("first", {}), ("again", {}), ("longer", {"training_epochs": 2})):
        runs.append(place.execution(run_id, **values).run())
        pushed.append(versions(str(place.serving)))
    return Story(place, *runs, pushed)


def in_this_process(task: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Runs `python -m MODULE ARGUMENTS` in this process, without imports each time."""
    python, flag, module, *arguments = command
    assert (python, flag) == ("python", "-m")
    spec: Any = importlib.util.find_spec(module)
    with _set(environment), _arguments([spec.origin, *arguments]):
        try:
            runpy.run_path(spec.origin, run_name="__main__")
        except SystemExit as ended:
            if ended.code:
                raise AssertionError(f"{task} ended with {ended.code}") from ended


@contextlib.contextmanager
def _arguments(argv: list[str]) -> Iterator[None]:
    before = sys.argv
    sys.argv = argv
    try:
        yield
    finally:
        sys.argv = before


@contextlib.contextmanager
def _set(environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
