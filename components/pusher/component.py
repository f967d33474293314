"""Pusher: TFX's Pusher, which pushes a version whole, and never the model that serves already.

With a version goes the statistics of its data, which a later run compares its own with (see
components.distribution_validator). They lie in `assets.extra`, which servers leave alone.
"""

from typing import ClassVar

from tfx import components as tfx_components
from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.proto import pusher_pb2
from tfx.types import standard_artifacts, standard_component_specs
from tfx.types.component_spec import ChannelParameter

from components.pusher.driver import Driver
from components.pusher.executor import Executor


class PusherSpec(standard_component_specs.PusherSpec):
    """TFX's, and the statistics."""

    INPUTS: ClassVar[dict[str, ChannelParameter]] = {
        **standard_component_specs.PusherSpec.INPUTS,
        standard_component_specs.STATISTICS_KEY: ChannelParameter(
            type=standard_artifacts.ExampleStatistics
        ),
    }


class Pusher(tfx_components.Pusher):
    """Pushes a blessed model with the statistics of the data that it was made of.

    Outputs:
        pushed_model: standard_artifacts.PushedModel, as TFX's Pusher gives it; the custom property
            `already_serves_as` is the version that serves, where it is this very model.
    """

    SPEC_CLASS = PusherSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(Executor)
    DRIVER_CLASS = Driver

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
