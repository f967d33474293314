"""What the conformance check sends through Kubeflow Pipelines: our own files, and broken ones."""

from kubeflow.compiler import compile_pipeline
from kubeflow.spec_file import CompiledPipeline
from pipeline.config.file import read_config
from tests.kubeflow.conformance.broken import BROKEN, damaged

PLACES = (
    "kubeflow.image=registry.example/digits:1",
    "kubeflow.pipeline_root=minio://mlpipeline/v2/artifacts",
    "kubeflow.push_destination=/mnt/serving/digits",
    "kubeflow.volumes.serving=/mnt/serving",
)
OURS = {
    "the default": (),
    "all that can be asked for": (
        "tuner.enabled=true",
        "splits.validation=64",
        "training.warm_start=true",
        "kubeflow.labels={team: digits}",
        "kubeflow.secrets.KEY={name: keys, key: k}",
        "kubeflow.containers.Trainer.accelerator={kind: gpu, type: nvidia-l4, count: 1}",
        "kubeflow.containers.Trainer.tolerations=[{key: nvidia.com/gpu, operator: Exists}]",
    ),
}


def cases() -> dict[str, CompiledPipeline]:
    """Every pipeline that is judged, by its name."""
    ours = {
        name: compile_pipeline(read_config(None, [*PLACES, *settings]), "kubeflow")
        for name, settings in OURS.items()
    }
    broken = {name: damaged(ours["the default"], damage) for name, damage in BROKEN.items()}
    return ours | broken
