"""Pusher: TFX's Pusher, which leaves the statistics of the data beside the version as well.

A later run compares its data with them (see components.distribution_validator). They lie in
`assets.extra`, which servers leave alone, and come after `saved_model.pb`: nothing waits for them.
"""

from typing import Any, ClassVar

from tfx import components as tfx_components
from tfx import types
from tfx.components.pusher import executor
from tfx.dsl.components.base import base_component, executor_spec
from tfx.proto import pusher_pb2
from tfx.types import artifact_utils, standard_artifacts, standard_component_specs
from tfx.types.component_spec import ChannelParameter
from tfx.utils import io_utils

from vocabulary.versions import STATISTICS

Artifacts = dict[str, list[types.Artifact]]
_STATISTICS_KEY = standard_component_specs.STATISTICS_KEY


class Executor(executor.Executor):
    """Pushes, then copies the statistics."""

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, Any]
    ) -> None:
        """See the component."""
        super().Do(input_dict, output_dict, exec_properties)
        pushed = artifact_utils.get_single_instance(
            output_dict[standard_component_specs.PUSHED_MODEL_KEY]
        )
        if pushed.get_int_custom_property("pushed"):
            version = pushed.get_string_custom_property("pushed_destination")
            statistics = artifact_utils.get_single_uri(input_dict[_STATISTICS_KEY])
            io_utils.copy_dir(statistics, f"{version}/{STATISTICS}")


class PusherSpec(standard_component_specs.PusherSpec):
    """TFX's, and the statistics."""

    INPUTS: ClassVar[dict[str, ChannelParameter]] = {
        **standard_component_specs.PusherSpec.INPUTS,
        _STATISTICS_KEY: ChannelParameter(type=standard_artifacts.ExampleStatistics),
    }


class Pusher(tfx_components.Pusher):
    """Pushes a blessed model with the statistics of the data that it was made of."""

    SPEC_CLASS = PusherSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(Executor)

    def __init__(
        self, *, statistics: types.BaseChannel, push_destination: pusher_pb2.PushDestination,
        **inputs: types.BaseChannel,
    ):  # fmt: skip
        """Takes the model and its blessings as TFX's does, and StatisticsGen's output."""
        spec = PusherSpec(
            statistics=statistics,
            push_destination=push_destination,
            custom_config="null",
            pushed_model=types.Channel(type=standard_artifacts.PushedModel),
            **inputs,
        )
        base_component.BaseComponent.__init__(self, spec)
