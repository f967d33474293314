"""The driver of Pusher: lets the cache see what serves, so that it never answers for a push."""

import uuid

from tfx.dsl.components.base import base_driver
from tfx.orchestration.portable import base_driver as portable_base_driver
from tfx.orchestration.portable import data_types
from tfx.proto.orchestration import driver_output_pb2

from components.pusher.executor import Executor, destination_of
from vocabulary.pushed import ALREADY_SERVES_AS

PUSH = "push"


class Driver(base_driver.BaseDriver, portable_base_driver.BaseDriver):
    """Adds what there is to do to the execution properties, which the cache key is made of.

    That nothing is to be pushed may come from the cache. A push has a key of its own: were there
    one like it in the cache, what it pushed would have to be gone since.
    """

    def run(self, execution_info: data_types.ExecutionInfo) -> driver_output_pb2.DriverOutput:
        """Gives the version that the model serves as already, or else a key for this push."""
        output = driver_output_pb2.DriverOutput()
        already = Executor().already_serves_as(
            execution_info.input_dict, destination_of(execution_info.exec_properties)
        )
        output.exec_properties[ALREADY_SERVES_AS].int_value = already or 0
        output.exec_properties[PUSH].string_value = uuid.uuid4().hex if already == 0 else ""
        return output
