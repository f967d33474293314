"""DigitExampleGen: the first component of the DAG, which draws the pictures it is asked for."""

from collections.abc import Mapping

from google.protobuf import any_pb2, wrappers_pb2
from tfx.components.example_gen import component
from tfx.dsl.components.base import executor_spec
from tfx.proto import example_gen_pb2

from components.digit_example_gen import driver, executor
from components.digit_example_gen.options import DataOptions


class DigitExampleGen(component.QueryBasedExampleGen):
    """A TFX ExampleGen whose query is an amount: so many pictures, for each split.

    Outputs:
        examples: standard_artifacts.Examples, gzipped TFRecords of tf.Example with the keys of
            `vocabulary.features`, one folder for each split.
    """

    EXECUTOR_SPEC = executor_spec.BeamExecutorSpec(executor.Executor)
    DRIVER_CLASS = driver.Driver

    def __init__(self, *, data: DataOptions, splits: Mapping[str, int]):
        """Draws `splits[name]` examples for each split, as `data` says."""
        custom = any_pb2.Any()
        custom.Pack(wrappers_pb2.StringValue(value=data.model_dump_json()))
        super().__init__(
            input_config=example_gen_pb2.Input(
                splits=[
                    example_gen_pb2.Input.Split(name=name, pattern=str(size))
                    for name, size in splits.items()
                ]
            ),
            output_config=example_gen_pb2.Output(),
            custom_config=example_gen_pb2.CustomConfig(custom_config=custom),
        )
