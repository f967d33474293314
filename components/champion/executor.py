"""The executor of Champion: finds the version and copies it, so that it cannot change any more."""

import logging
from typing import Any, Final

import tensorflow as tf
from tfx import types
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils, path_utils

from vocabulary import signatures
from vocabulary.pushed import VERSION
from vocabulary.versions import damage, read_graphs, versions

CANDIDATE: Final = "candidate"
CHAMPION: Final = "champion"
DESTINATION: Final = "destination"
PASSED_OVER: Final = "passed_over"
"""Custom property: the newer versions that are no champion, and why; absent if there are none."""

Artifacts = dict[str, list[types.Artifact]]


def find_champion(destination: str) -> tuple[int, str]:
    """The newest version that a candidate can be compared with, and why newer ones cannot be.

    Returns:
        The version, 0 if there is none; and a sentence, empty if there is nothing newer.
    """
    reasons: list[str] = []
    for version in versions(destination)[::-1]:
        folder = f"{destination}/{version}"
        reason = damage(folder) or _incomparable(folder)
        if not reason:
            return version, "; ".join(reasons)
        reasons.append(f"version {version} is passed over: {reason}")
    return 0, "; ".join(reasons)


def _incomparable(folder: str) -> str:
    """Why a model that can be served cannot be evaluated beside others; empty if it can."""
    if not any(signatures.EXAMPLES in graph.signature_def for graph in read_graphs(folder)):
        return f"it has no signature {signatures.EXAMPLES}"
    if not tf.io.gfile.isdir(f"{folder}/variables"):  # without it, only servers can load a model
        return "it has no variables/"
    return ""


class Executor(base_executor.BaseExecutor):
    """Copies the champion where the layout of a trained model wants it."""

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, Any]
    ) -> None:
        """See the component."""
        champion = artifact_utils.get_single_instance(output_dict[CHAMPION])
        destination = exec_properties[DESTINATION]
        version, passed_over = find_champion(destination)
        champion.set_int_custom_property(VERSION, version)
        if passed_over:
            logging.warning("%s: %s", destination, passed_over)
            champion.set_string_custom_property(PASSED_OVER, passed_over)
        if version:
            io_utils.copy_dir(
                f"{destination}/{version}", path_utils.serving_model_path(champion.uri)
            )
