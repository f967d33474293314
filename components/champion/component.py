"""Champion: the version now serving, for the Evaluator to compare the candidate with.

It reads the push destination, on every target and at every run: TFX's Resolver looks at blessings,
not at what serves, and open-source Kubeflow Pipelines does not implement it. What serves may be the
candidate itself; Evaluator says so, and Pusher pushes nothing. The version is copied, so that it
cannot change any more.
"""

import logging
from typing import Any, Final

import tensorflow as tf
from tfx import types
from tfx.dsl.components.base import base_component, base_driver, base_executor, executor_spec
from tfx.orchestration.portable import base_driver as portable_base_driver
from tfx.orchestration.portable import data_types
from tfx.proto.orchestration import driver_output_pb2
from tfx.types import artifact_utils, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter
from tfx.utils import io_utils, path_utils

from vocabulary import signatures
from vocabulary.pushed import VERSION
from vocabulary.versions import damage, model_digest, read_graphs, versions

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


class Driver(base_driver.BaseDriver, portable_base_driver.BaseDriver):
    """Adds the champion to the execution properties, which the cache key is made of.

    The digest is among them: a version that was deleted may come back with another model in it.
    """

    def run(self, execution_info: data_types.ExecutionInfo) -> driver_output_pb2.DriverOutput:
        """Gives the version, its digest, and which newer ones are passed over."""
        output = driver_output_pb2.DriverOutput()
        destination = execution_info.exec_properties["destination"]
        version, passed_over = find_champion(destination)
        digest = model_digest(f"{destination}/{version}") if version else ""
        output.exec_properties[VERSION].int_value = version
        output.exec_properties["digest"].string_value = digest
        output.exec_properties[PASSED_OVER].string_value = passed_over
        return output


class Executor(base_executor.BaseExecutor):
    """Copies the champion where the layout of a trained model wants it."""

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, Any]
    ) -> None:
        """See the component."""
        champion = artifact_utils.get_single_instance(output_dict["champion"])
        destination = exec_properties["destination"]
        version, passed_over = find_champion(destination)
        champion.set_int_custom_property(VERSION, version)
        if passed_over:
            logging.warning("%s: %s", destination, passed_over)
            champion.set_string_custom_property(PASSED_OVER, passed_over)
        if version:
            io_utils.copy_dir(
                f"{destination}/{version}", path_utils.serving_model_path(champion.uri)
            )


class ChampionSpec(ComponentSpec):
    """Inputs, outputs and parameters of Champion."""

    PARAMETERS = {"destination": ExecutionParameter(type=str)}
    INPUTS = {"candidate": ChannelParameter(type=standard_artifacts.Model, optional=True)}
    OUTPUTS = {"champion": ChannelParameter(type=standard_artifacts.Model)}


class Champion(base_component.BaseComponent):
    """Copies the version now serving into an artefact; an empty one where nothing serves.

    Outputs:
        champion: standard_artifacts.Model; its custom property `version` is 0 if it is empty,
            `passed_over` says which newer versions are damaged or cannot be compared with.
    """

    SPEC_CLASS = ChampionSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(Executor)
    DRIVER_CLASS = Driver

    def __init__(self, *, destination: str, candidate: types.BaseChannel | None = None):
        """Looks under `destination` for the newest version, once there is a `candidate`."""
        champion = types.Channel(type=standard_artifacts.Model)
        super().__init__(
            ChampionSpec(candidate=candidate, destination=destination, champion=champion)
        )
