"""Whether the containers of a compiled pipeline reach the files and folders that a config names."""

from collections.abc import Mapping

from pipeline.beam.arguments import beam_pipeline_args
from pipeline.config.config import Config
from vocabulary.errors import UserError


def require_reachable_places(config: Config, target: str) -> None:
    """Refuses a file or a folder that is in no container, and workers that are in another.

    A bucket of Google Cloud is read by TensorFlow's file systems; on Kubeflow, folders in mounted
    volumes are there, too.

    Raises:
        UserError: naming the key.
    """
    mounts = tuple(f"{folder.rstrip('/')}/" for folder in config.kubeflow.volumes.values())
    for key, place in _places(config).items():
        if place.startswith("gs://"):
            continue
        if target == "kubeflow" and f"{place}/".startswith(mounts):
            continue
        way = ", or into a volume of kubeflow.volumes" if target == "kubeflow" else ""
        raise UserError(
            f"{key} is {place}, which is in no container; put it into a bucket, "
            f"gs://BUCKET/PATH{way}"
        )
    if f"--setup_file={config.beam.setup_file}" in beam_pipeline_args(config.beam):
        raise UserError(
            f"beam.setup_file is {config.beam.setup_file}, which is in no container; set beam.image"
        )
    if "--environment_type=LOOPBACK" in beam_pipeline_args(config.beam):
        raise UserError(
            "beam.environment is loopback, workers in the container of the step, which no other "
            "machine reaches; set it to external or docker"
        )


def _places(config: Config) -> Mapping[str, str]:
    """What is read and written besides the outputs of steps, by the key that names it."""
    named = {
        **{f"{at}.dir": getattr(one, "dir", None) for at, one in config.source.places.items()},
        "model.weights": getattr(config.model, "weights_file", None),
        "kubeflow.push_destination": config.kubeflow.push_destination,
    }
    return {key: place for key, place in named.items() if place}
