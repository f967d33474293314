"""Report: the results of a run as a page for people. The last component of the DAG."""

import json
from typing import Any, Final

import tensorflow as tf
from tfx import types
from tfx.dsl.components.base import base_component, base_executor, executor_spec
from tfx.types import artifact_utils, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components.report.artifact import RunReport
from components.report.page import REPORT, REPORT_FILE, render_page
from vocabulary.document import Section, Words

_NO_RECORD: Final = Words(
    "Times and lineage are in ML Metadata, which a component cannot read; `digits run` and "
    "`digits report` add them here."
)
Artifacts = dict[str, list[types.Artifact]]


class Executor(base_executor.BaseExecutor):
    """Writes `report.html`."""

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, Any]
    ) -> None:
        """See the component."""
        # Only here, for they load Matplotlib: a run that finds its report in the cache draws none.
        from components.report.contents import contents

        artifacts = {
            key: artifact_utils.get_single_instance(inputs) for key, inputs in input_dict.items()
        }
        config = json.loads(exec_properties["config"])
        page = render_page(
            f"digits: {config['model']['kind']} on {config['source']['kind']}",
            contents(artifacts, config),
            record=[Section("record", "The run", [_NO_RECORD])],
        )
        folder = artifact_utils.get_single_uri(output_dict[REPORT])
        with tf.io.gfile.GFile(f"{folder}/{REPORT_FILE}", "w") as file:
            file.write(page)


class ReportSpec(ComponentSpec):
    """Inputs, outputs and parameters of Report."""

    PARAMETERS = {"config": ExecutionParameter(type=str)}
    INPUTS = {
        "examples": ChannelParameter(type=standard_artifacts.Examples),
        "statistics": ChannelParameter(type=standard_artifacts.ExampleStatistics),
        "anomalies": ChannelParameter(type=standard_artifacts.ExampleAnomalies),
        "drift": ChannelParameter(type=standard_artifacts.ExampleAnomalies),
        "model": ChannelParameter(type=standard_artifacts.Model),
        "model_run": ChannelParameter(type=standard_artifacts.ModelRun),
        "evaluation": ChannelParameter(type=standard_artifacts.ModelEvaluation),
        "pushed_model": ChannelParameter(type=standard_artifacts.PushedModel),
    }
    OUTPUTS = {REPORT: ChannelParameter(type=RunReport)}


class Report(base_component.BaseComponent):
    """Writes one self-contained page, `report.html`, about a run.

    Outputs:
        report: the folder with the page.
    """

    SPEC_CLASS = ReportSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(Executor)

    def __init__(self, *, config: str, **inputs: types.BaseChannel):
        """Takes the config as JSON, and a channel for each input that `ReportSpec` names."""
        super().__init__(ReportSpec(config=config, report=types.Channel(type=RunReport), **inputs))
