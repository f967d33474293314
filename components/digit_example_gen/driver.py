"""The driver of DigitExampleGen: makes a change in the source's files visible to the cache."""

import json
from collections.abc import Mapping
from typing import Any

from tfx.dsl.components.base import base_driver
from tfx.orchestration.portable import base_driver as portable_base_driver
from tfx.orchestration.portable import data_types
from tfx.proto.orchestration import driver_output_pb2
from tfx.types import standard_component_specs

from components.digit_example_gen.executor import recipes
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.sources import fingerprint

FINGERPRINT = "input_fingerprint"
"""The execution property (TFX's own name for it) that holds a digest of each file."""


class Driver(base_driver.BaseDriver, portable_base_driver.BaseDriver):
    """Adds a fingerprint of the source's files to the execution properties.

    It also has missing files downloaded, so that the first run sees what the second will.
    """

    def run(self, execution_info: data_types.ExecutionInfo) -> driver_output_pb2.DriverOutput:
        """Gives the fingerprint; an embedded source has none."""
        output = driver_output_pb2.DriverOutput()
        source = DataOptions.model_validate_json(
            recipes(execution_info.exec_properties)[0].data
        ).source
        if digest := fingerprint(source):
            output.exec_properties[FINGERPRINT].string_value = digest
        return output


def without_place(exec_properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """The execution properties without the folder of the source, where its content is known."""
    if FINGERPRINT not in exec_properties:
        return exec_properties
    key = standard_component_specs.CUSTOM_CONFIG_KEY
    custom = json.loads(exec_properties[key])
    data = json.loads(custom["custom_config"]["value"])
    del data["source"]["dir"]
    return {**exec_properties, key: json.dumps(data)}
