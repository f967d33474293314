"""Configs as a cluster needs them, and what they compile to."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kubeflow.compiler import compile_pipeline
from kubeflow.spec_file import CompiledPipeline
from pipeline.config import Config

sys.path.insert(0, str(Path(__file__).parent))  # for fake_vertex and fake_kubeflow

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
