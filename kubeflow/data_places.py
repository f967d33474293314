"""Whether the containers of a compiled pipeline reach the files that its examples are made of."""

from pipeline.config.config import Config
from vocabulary.errors import UserError


def require_reachable_sources(config: Config, target: str) -> None:
    """Refuses a source in a folder that is in no container.

    A bucket of Google Cloud is read by TensorFlow's file systems; on Kubeflow, folders in mounted
    volumes are there, too.

    Raises:
        UserError: naming the source.
    """
    mounts = tuple(f"{folder}/" for folder in config.kubeflow.volumes.values())
    for place, source in config.source.places.items():
        folder = getattr(source, "dir", None)
        if folder is None or folder.startswith("gs://"):
            continue
        if target == "kubeflow" and f"{folder}/".startswith(mounts):
            continue
        way = " or a folder in a volume of kubeflow.volumes" if target == "kubeflow" else ""
        raise UserError(
            f"{place}.dir is {folder}, which is in no container; copy it to a bucket and name "
            f"gs://BUCKET/FOLDER{way}"
        )
