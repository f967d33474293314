"""Report: what a run came to, to be looked at."""

from typing import ClassVar

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components.report import executor
from components.report.artifact import RunReport


class ReportSpec(ComponentSpec):
    """Inputs, outputs and parameters of Report."""

    PARAMETERS: ClassVar[dict[str, ExecutionParameter]] = {}
    INPUTS = {
        executor.EXAMPLES: ChannelParameter(type=standard_artifacts.Examples),
        executor.MODEL: ChannelParameter(type=standard_artifacts.Model),
    }
    OUTPUTS = {executor.REPORT: ChannelParameter(type=RunReport)}


class Report(base_component.BaseComponent):
    """Draws predictions of the eval split, `predictions.png` in its output.

    Outputs:
        report: the folder of what was drawn.
    """

    SPEC_CLASS = ReportSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(self, *, examples: types.BaseChannel, model: types.BaseChannel):
        """Takes the examples and the model that the run made."""
        super().__init__(
            ReportSpec(
                **{
                    executor.EXAMPLES: examples,
                    executor.MODEL: model,
                    executor.REPORT: types.Channel(type=RunReport),
                }
            )
        )
