"""ExampleValidator: TFX's ExampleValidator, whose anomalies stop the run.

TFX's own writes what it found and succeeds; nothing downstream looks at it.
"""

from typing import Any

from tfx import types
from tfx.components.example_validator import component, executor
from tfx.dsl.components.base import executor_spec
from tfx.proto.orchestration import execution_result_pb2
from tfx.types import artifact_utils, standard_component_specs

from vocabulary.errors import UserError
from vocabulary.split_statistics import anomaly_rows, as_columns, read_anomalies


class Executor(executor.Executor):
    """Validates the statistics of every split, then refuses data with anomalies."""

    def Do(  # noqa: N802
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> execution_result_pb2.ExecutorOutput:
        """Raises UserError if any split has an anomaly."""
        output = super().Do(input_dict, output_dict, exec_properties)
        artifact = artifact_utils.get_single_instance(
            output_dict[standard_component_specs.ANOMALIES_KEY]
        )
        anomalies = {
            split: read_anomalies(artifact_utils.get_split_uri([artifact], split))
            for split in artifact_utils.decode_split_names(artifact.split_names)
        }
        if rows := [*anomaly_rows(anomalies)]:
            raise UserError(
                f"the examples break the schema in {len(rows)} ways:\n{as_columns(rows)}"
            )
        return output


class ExampleValidator(component.ExampleValidator):
    """An ExampleValidator that fails where TFX's would only take note."""

    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(Executor)
