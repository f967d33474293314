"""The driver of Champion: lets the cache see what serves, so that it never answers for it."""

from tfx.dsl.components.base import base_driver
from tfx.orchestration.portable import base_driver as portable_base_driver
from tfx.orchestration.portable import data_types
from tfx.proto.orchestration import driver_output_pb2

from components.champion.executor import DESTINATION, VERSION, find_champion


class Driver(base_driver.BaseDriver, portable_base_driver.BaseDriver):
    """Adds the champion's version to the execution properties, which the cache key is made of."""

    def run(self, execution_info: data_types.ExecutionInfo) -> driver_output_pb2.DriverOutput:
        """Gives the version."""
        output = driver_output_pb2.DriverOutput()
        output.exec_properties[VERSION].int_value = find_champion(
            execution_info.input_dict, execution_info.exec_properties[DESTINATION]
        )
        return output
