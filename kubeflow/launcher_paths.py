"""The local paths at which the open-source launcher keeps its copy of what is at an address.

Its LocalPathForURI, backend/src/v2/component/launcher_v2.go of kubeflow/pipelines.
"""

import os
from typing import Final

CONTAINER_ROOT: Final = "DIGITS_CONTAINER_ROOT"
"""Set where there is no container: the folder that stands for the root of its file system."""

FOLDERS: Final = {"gs": "gcs", "minio": "minio", "s3": "s3"}
"""The folder of each scheme."""


def local_path(uri: str, *, container_root: str | None = None) -> str:
    """The path of the copy of what is at an address; a path of another kind is left as it is."""
    scheme, separator, rest = uri.partition("://")
    if separator and scheme in FOLDERS:
        root = os.environ.get(CONTAINER_ROOT, "") if container_root is None else container_root
        return f"{root}/{FOLDERS[scheme]}/{rest}"
    return uri


def address(path: str) -> str:
    """The address of what the launcher copies to or from a local path; inverts `local_path`."""
    for scheme, folder in FOLDERS.items():
        prefix = f"{os.environ.get(CONTAINER_ROOT, '')}/{folder}/"
        if path.startswith(prefix):
            return f"{scheme}://{path.removeprefix(prefix)}"
    return path
