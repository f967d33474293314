"""The driver of DigitExampleGen: makes a change in the source's files visible to the cache."""

from tfx.dsl.components.base import base_driver
from tfx.orchestration.portable import base_driver as portable_base_driver
from tfx.orchestration.portable import data_types
from tfx.proto.orchestration import driver_output_pb2

from components.digit_example_gen.executor import recipes
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.sources import mnist

FINGERPRINT = "input_fingerprint"
"""The execution property (TFX's own name for it) that holds the size and age of each file."""


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
        if source.kind == "mnist":
            facts = [(path.name, path.stat()) for path in mnist.fetch(source.dir)]
            output.exec_properties[FINGERPRINT].string_value = ";".join(
                f"{name},{stat.st_size},{stat.st_mtime_ns}" for name, stat in facts
            )
        return output
