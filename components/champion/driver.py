"""The driver of Champion: lets the cache see what serves, so that it never answers for it."""

from tfx.dsl.components.base import base_driver
from tfx.orchestration.portable import base_driver as portable_base_driver
from tfx.orchestration.portable import data_types
from tfx.proto.orchestration import driver_output_pb2

from components.champion.executor import DESTINATION, PASSED_OVER, find_champion
from vocabulary.pushed import VERSION
from vocabulary.versions import model_digest

DIGEST = "digest"


class Driver(base_driver.BaseDriver, portable_base_driver.BaseDriver):
    """Adds the champion to the execution properties, which the cache key is made of.

    The digest is among them: a version that was deleted may come back with another model in it.
    """

    def run(self, execution_info: data_types.ExecutionInfo) -> driver_output_pb2.DriverOutput:
        """Gives the version, its digest, and which newer ones are passed over."""
        output = driver_output_pb2.DriverOutput()
        destination = execution_info.exec_properties[DESTINATION]
        version, passed_over = find_champion(destination)
        properties = output.exec_properties
        properties[VERSION].int_value = version
        properties[DIGEST].string_value = (
            model_digest(f"{destination}/{version}") if version else ""
        )
        properties[PASSED_OVER].string_value = passed_over
        return output
