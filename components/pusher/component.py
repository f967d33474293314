"""Pusher: TFX's Pusher, which pushes a version whole, and never the model that serves already.

With a version go the statistics of its data, which a later run compares its own with (see
components.distribution_validator), and what the Evaluator found it to reach. They lie in
`assets.extra`, which servers leave alone.
"""

import uuid
from typing import Any, ClassVar

from tfx import types
from tfx.components.pusher import component, executor
from tfx.dsl.components.base import base_component, base_driver, executor_spec
from tfx.orchestration.portable import base_driver as portable_base_driver
from tfx.orchestration.portable import data_types
from tfx.proto import pusher_pb2
from tfx.proto.orchestration import driver_output_pb2
from tfx.types import artifact_utils, standard_artifacts, standard_component_specs
from tfx.types.component_spec import ChannelParameter
from tfx.utils import io_utils, proto_utils

from components.pusher.push import next_version, push
from vocabulary.pushed import ALREADY_SERVES_AS
from vocabulary.versions import model_digest, whole_versions

PUSH = "push"

Artifacts = dict[str, list[types.Artifact]]


class Executor(executor.Executor):
    """TFX's in what may be pushed; see `components.pusher.push` for how."""

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, Any]
    ) -> None:
        """Fills the artefact first: what fails before the version is there has changed nothing."""
        self._log_startup(input_dict, output_dict, exec_properties)
        pushed = artifact_utils.get_single_instance(output_dict["pushed_model"])
        destination = _destination(exec_properties)
        already = self.already_serves_as(input_dict, destination)
        if already is None or already:
            self._MarkNotPushed(pushed)
            if already:
                pushed.set_int_custom_property(ALREADY_SERVES_AS, already)
            return
        model = self.GetModelPath(input_dict)
        statistics = artifact_utils.get_single_uri(input_dict["statistics"])
        io_utils.copy_dir(model, pushed.uri)
        version = next_version(destination)
        folder = push(
            model, statistics,
            destination=destination, version=version, blessing=_uri_of_blessing(input_dict),
        )  # fmt: skip
        self._MarkPushed(pushed, pushed_destination=folder, pushed_version=str(version))

    def already_serves_as(self, input_dict: Artifacts, destination: str) -> int | None:
        """The version that serves, if it is this very model, else 0; none if it may not serve."""
        if not self.CheckBlessing(input_dict):
            return None
        serves = next(whole_versions(destination), 0)
        if not serves:
            return 0
        model = model_digest(self.GetModelPath(input_dict))
        return serves if model == model_digest(f"{destination}/{serves}") else 0


class Driver(base_driver.BaseDriver, portable_base_driver.BaseDriver):
    """Adds what there is to do to the execution properties, which the cache key is made of.

    That nothing is to be pushed may come from the cache. A push has a key of its own: were there
    one like it in the cache, what it pushed would have to be gone since.
    """

    def run(self, execution_info: data_types.ExecutionInfo) -> driver_output_pb2.DriverOutput:
        """Gives the version that the model serves as already, or else a key for this push."""
        output = driver_output_pb2.DriverOutput()
        destination = _destination(execution_info.exec_properties)
        already = Executor().already_serves_as(execution_info.input_dict, destination)
        output.exec_properties[ALREADY_SERVES_AS].int_value = already or 0
        output.exec_properties[PUSH].string_value = uuid.uuid4().hex if already == 0 else ""
        return output


def _uri_of_blessing(input_dict: Artifacts) -> str | None:
    """The folder of the Evaluator's."""
    blessings = input_dict.get(standard_component_specs.MODEL_BLESSING_KEY)
    return artifact_utils.get_single_uri(blessings) if blessings else None


def _destination(exec_properties: dict[str, Any]) -> str:
    """The folder of versions, local or remote."""
    destination = pusher_pb2.PushDestination()
    proto_utils.json_to_proto(exec_properties["push_destination"], destination)
    return str(destination.filesystem.base_directory)


class PusherSpec(standard_component_specs.PusherSpec):
    """TFX's, and the statistics."""

    INPUTS: ClassVar[dict[str, ChannelParameter]] = {
        **standard_component_specs.PusherSpec.INPUTS,
        "statistics": ChannelParameter(type=standard_artifacts.ExampleStatistics),
    }


class Pusher(component.Pusher):
    """Pushes a blessed model with the statistics of the data that it was made of.

    Outputs:
        pushed_model: standard_artifacts.PushedModel, as TFX's Pusher gives it; the custom property
            `already_serves_as` is the version that serves, where it is this very model.
    """

    SPEC_CLASS = PusherSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(Executor)
    DRIVER_CLASS = Driver

    def __init__(
        self, *, push_destination: pusher_pb2.PushDestination, **inputs: types.BaseChannel
    ):
        """Takes the model and its blessings as TFX's does, and StatisticsGen's output."""
        spec = PusherSpec(
            push_destination=push_destination,
            custom_config="null",
            pushed_model=types.Channel(type=standard_artifacts.PushedModel),
            **inputs,
        )
        base_component.BaseComponent.__init__(self, spec)
