"""Report: the results of a run as a page for people. The last component of the DAG."""

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components.report import executor
from components.report.artifact import RunReport
from components.report.page import REPORT


class ReportSpec(ComponentSpec):
    """Inputs, outputs and parameters of Report."""

    PARAMETERS = {executor.CONFIG: ExecutionParameter(type=str)}
    INPUTS = {
        executor.EXAMPLES: ChannelParameter(type=standard_artifacts.Examples),
        executor.STATISTICS: ChannelParameter(type=standard_artifacts.ExampleStatistics),
        executor.ANOMALIES: ChannelParameter(type=standard_artifacts.ExampleAnomalies),
        executor.DRIFT: ChannelParameter(type=standard_artifacts.ExampleAnomalies),
        executor.MODEL: ChannelParameter(type=standard_artifacts.Model),
        executor.MODEL_RUN: ChannelParameter(type=standard_artifacts.ModelRun),
        executor.EVALUATION: ChannelParameter(type=standard_artifacts.ModelEvaluation),
        executor.PUSHED_MODEL: ChannelParameter(type=standard_artifacts.PushedModel),
    }
    OUTPUTS = {REPORT: ChannelParameter(type=RunReport)}


class Report(base_component.BaseComponent):
    """Writes one self-contained page, `report.html`, about a run.

    Outputs:
        report: the folder with the page.
    """

    SPEC_CLASS = ReportSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(self, *, config: str, **inputs: types.BaseChannel):
        """Takes the config as JSON, and a channel for each input that `ReportSpec` names."""
        super().__init__(
            ReportSpec(
                **inputs,
                **{
                    executor.CONFIG: config,
                    REPORT: types.Channel(type=RunReport),
                },
            )
        )
