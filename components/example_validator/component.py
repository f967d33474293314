"""ExampleValidator: TFX's ExampleValidator, whose anomalies stop the run.

TFX's own writes what it found and succeeds; nothing downstream looks at it.
"""

import os
from typing import Any

from tensorflow_metadata.proto.v0 import anomalies_pb2
from tfx import types
from tfx.components.example_validator import component, executor
from tfx.dsl.components.base import executor_spec
from tfx.proto.orchestration import execution_result_pb2
from tfx.types import artifact_utils, standard_component_specs
from tfx.utils import io_utils

from vocabulary.errors import UserError


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
        found = {
            split: read_anomalies(artifact, split)
            for split in artifact_utils.decode_split_names(artifact.split_names)
        }
        rows = [row for split, anomalies in found.items() for row in as_rows(split, anomalies)]
        if rows:
            raise UserError(as_table(rows))
        return output


def read_anomalies(artifact: types.Artifact, split: str) -> anomalies_pb2.Anomalies:
    """The anomalies that ExampleValidator wrote for a split."""
    folder = artifact_utils.get_split_uri([artifact], split)
    data = io_utils.read_bytes_file(os.path.join(folder, executor.DEFAULT_FILE_NAME))
    return anomalies_pb2.Anomalies.FromString(data)


def as_rows(split: str, anomalies: anomalies_pb2.Anomalies) -> list[tuple[str, str, str]]:
    """One (split, feature, what is wrong) for each anomaly."""
    rows = [
        (split, feature, info.description)
        for feature, info in sorted(anomalies.anomaly_info.items())
    ]
    if anomalies.HasField("dataset_anomaly_info"):
        rows.append((split, "(the whole)", anomalies.dataset_anomaly_info.description))
    return rows


def as_table(rows: list[tuple[str, str, str]]) -> str:
    """The rows under a sentence, in columns."""
    split, feature = (max(len(row[column]) for row in rows) for column in (0, 1))
    lines = [f"  {row[0]:<{split}}  {row[1]:<{feature}}  {row[2]}" for row in rows]
    return "\n".join([f"the examples break the schema in {len(rows)} ways:", *lines])


class ExampleValidator(component.ExampleValidator):
    """An ExampleValidator that fails where TFX's would only take note."""

    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(Executor)
