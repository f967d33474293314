"""The driver of DigitExampleGen: makes a change in the source's files visible to the cache."""

from tfx.dsl.components.base import base_driver
from tfx.dsl.io import fileio
from tfx.orchestration.portable import base_driver as portable_base_driver
from tfx.orchestration.portable import data_types
from tfx.proto.orchestration import driver_output_pb2
from tfx.utils import io_utils

from components.digit_example_gen.executor import recipes
from components.digit_example_gen.options import DataOptions

FINGERPRINT = "input_fingerprint"
"""The execution property (TFX's own name for it) that holds the number, size and age of files."""


class Driver(base_driver.BaseDriver, portable_base_driver.BaseDriver):
    """Adds a fingerprint of the source's folder to the execution properties."""

    def run(self, execution_info: data_types.ExecutionInfo) -> driver_output_pb2.DriverOutput:
        """Gives the fingerprint; an embedded source has none."""
        output = driver_output_pb2.DriverOutput()
        source = DataOptions.model_validate_json(
            recipes(execution_info.exec_properties)[0].data
        ).source
        if source.kind == "mnist" and fileio.isdir(source.dir):
            output.exec_properties[FINGERPRINT].string_value = io_utils.generate_fingerprint(
                "all", f"{source.dir}/*"
            )
        return output
