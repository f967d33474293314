"""The executor of Champion: finds the version and copies it, so that it cannot change any more."""

from typing import Any, Final

from tfx import types
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils, path_utils

from vocabulary.versions import model_digest, versions

CANDIDATE: Final = "candidate"
CHAMPION: Final = "champion"
DESTINATION: Final = "destination"
VERSION: Final = "version"

Artifacts = dict[str, list[types.Artifact]]


def find_champion(input_dict: Artifacts, destination: str) -> int:
    """The newest version that is not the candidate itself, if there is one; 0 if there is none.

    A run whose training came from the cache meets its own model at the destination; what it is to
    be compared with is still what it took the place of.
    """
    digest = ""
    if input_dict.get(CANDIDATE):
        candidate = artifact_utils.get_single_instance(input_dict[CANDIDATE])
        digest = model_digest(path_utils.serving_model_path(candidate.uri))
    others = (
        n for n in versions(destination)[::-1] if model_digest(f"{destination}/{n}") != digest
    )
    return next(others, 0)


class Executor(base_executor.BaseExecutor):
    """Copies the champion where the layout of a trained model wants it."""

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, Any]
    ) -> None:
        """See the component."""
        champion = artifact_utils.get_single_instance(output_dict[CHAMPION])
        destination = exec_properties[DESTINATION]
        version = find_champion(input_dict, destination)
        champion.set_int_custom_property(VERSION, version)
        if version:
            io_utils.copy_dir(
                f"{destination}/{version}", path_utils.serving_model_path(champion.uri)
            )
