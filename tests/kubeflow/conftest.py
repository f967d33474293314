"""Configs as a cluster needs them, and what they compile to."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from kubeflow.compiler import compile_pipeline
from kubeflow.spec_file import CompiledPipeline
from pipeline.config.config import Config

SETTINGS = {
    "vertex": (
        "kubeflow.pipeline_root=gs://bucket/root",
        "kubeflow.push_destination=gs://bucket/serving/digits",
    ),
    "kubeflow": (
        "kubeflow.pipeline_root=minio://mlpipeline/v2/artifacts",
        "kubeflow.push_destination=/mnt/serving/digits",
        "kubeflow.volumes.serving=/mnt/serving",
    ),
}
Compile = Callable[..., CompiledPipeline]


@pytest.fixture
def compile_for(configure: Callable[..., Config]) -> Compile:
    """`compile_for("vertex", "training.epochs=3")`."""

    def compile_(target: str, *settings: str) -> CompiledPipeline:
        image = "kubeflow.image=registry.example/digits:1"
        return compile_pipeline(configure(image, *SETTINGS[target], *settings), target)

    return compile_


@pytest.fixture(scope="session")
def story_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """The three runs on a target, made when they are first asked for."""
    from tests.kubeflow.executed import tell

    return functools.cache(lambda target: tell(target, tmp_path_factory.mktemp(target)))


@pytest.fixture(params=["vertex", "kubeflow"])
def story(request: pytest.FixtureRequest, story_of: Callable[[str], Any]) -> Any:
    """The three runs on each target."""
    return story_of(request.param)
