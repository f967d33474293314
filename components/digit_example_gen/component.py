"""DigitExampleGen: the first component of the DAG, which draws the pictures it is asked for."""

import json
from collections.abc import Mapping
from typing import Any, Final

import apache_beam as beam
from google.protobuf import any_pb2, wrappers_pb2
from tfx import types
from tfx.components.example_gen import component
from tfx.components.util import examples_utils
from tfx.dsl.components.base import base_beam_executor, base_driver, executor_spec
from tfx.orchestration.portable import base_driver as portable_base_driver
from tfx.orchestration.portable import data_types
from tfx.proto import example_gen_pb2
from tfx.proto.orchestration import driver_output_pb2
from tfx.types import artifact_utils
from tfx.types.standard_component_specs import CUSTOM_CONFIG_KEY, INPUT_CONFIG_KEY
from tfx.utils import proto_utils

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.sources import fingerprint
from components.digit_example_gen.synthesis import Recipe, Synthesize
from components.digit_example_gen.written import record, require_one_split

FINGERPRINT: Final = "input_fingerprint"
"""The execution property (TFX's own name for it) that holds a digest of each of the source's files:
a change in them is visible to the cache."""

Artifacts = dict[str, list[types.Artifact]]


class Driver(base_driver.BaseDriver, portable_base_driver.BaseDriver):
    """Adds a fingerprint of the source's files to the execution properties.

    It also has missing files downloaded, so that the first run sees what the second will.
    """

    def run(self, execution_info: data_types.ExecutionInfo) -> driver_output_pb2.DriverOutput:
        """Gives the fingerprint; an embedded source has none."""
        output = driver_output_pb2.DriverOutput()
        recipe = recipes(execution_info.exec_properties)[0]
        if digest := fingerprint(DataOptions.model_validate_json(recipe.data).source):
            output.exec_properties[FINGERPRINT].string_value = digest
        return output


def without_place(exec_properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """The execution properties without the folders of the source, where their content is known."""
    if FINGERPRINT not in exec_properties:
        return exec_properties
    custom = json.loads(exec_properties[CUSTOM_CONFIG_KEY])
    data = json.loads(custom["custom_config"]["value"])
    for source in data["source"].get("parts", [data["source"]]):
        source.pop("dir", None)
    return {**exec_properties, CUSTOM_CONFIG_KEY: json.dumps(data)}


class Executor(base_beam_executor.BaseBeamExecutor):
    """Writes all splits in one Beam pipeline, shard by shard.

    TFX's ExampleGen reshuffles every serialized example before it writes: memory grows with the
    data, and what a file holds depends on the number of workers.
    """

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, Any]
    ) -> None:
        """Writes `Split-NAME/data_tfrecord-*.gz` of every split, and what came of the pictures."""
        self._log_startup(input_dict, output_dict, exec_properties)
        outputs = output_dict["examples"]
        artifact = artifact_utils.get_single_instance(outputs)
        splits = {recipe.split: recipe for recipe in recipes(exec_properties)}
        artifact.split_names = artifact_utils.encode_split_names([*splits])
        examples_utils.set_payload_format(artifact, example_gen_pb2.FORMAT_TF_EXAMPLE)
        examples_utils.set_file_format(artifact, "tfrecords_gzip")
        data = DataOptions.model_validate_json(recipes(exec_properties)[0].data)
        tolerated = {place: one.tolerated for place, one in data.source.places.items()}
        with self._make_beam_pipeline() as pipeline:
            written = [
                pipeline
                | f"Synthesize[{split}]"
                >> Synthesize(recipe, artifact_utils.get_split_uri(outputs, split))
                for split, recipe in splits.items()
            ] | beam.Flatten()
            _ = (
                written
                | "Count" >> beam.Map(lambda shard: shard._replace(contents=()))
                | beam.combiners.ToList()
                | "Record" >> beam.Map(record, artifact.uri, [*splits], tolerated=tolerated)
            )
            _ = (
                written
                | "Contents"
                >> beam.FlatMap(lambda shard: [(c, shard.split) for c in shard.contents])
                | "Key" >> beam.MapTuple(lambda content, split: (content.digest, (content, split)))
                | beam.GroupByKey()
                | "Compare" >> beam.MapTuple(lambda _, copies: require_one_split(copies))
            )


def recipes(exec_properties: Mapping[str, Any]) -> list[Recipe]:
    """What to make for each split.

    The `pattern` of a split, which is the query in a query-based ExampleGen, is its size.
    """
    inputs = proto_utils.json_to_proto(exec_properties[INPUT_CONFIG_KEY], example_gen_pb2.Input())
    data = json.loads(exec_properties[CUSTOM_CONFIG_KEY])["custom_config"]["value"]
    splits = tuple(split.name for split in inputs.splits)
    return [Recipe(data, split.name, splits, int(split.pattern)) for split in inputs.splits]


class DigitExampleGen(component.QueryBasedExampleGen):
    """A TFX ExampleGen whose query is an amount: so many pictures, for each split.

    Outputs:
        examples: standard_artifacts.Examples, gzipped TFRecords of tf.Example with the keys of
            `vocabulary.features`, one folder for each split.
    """

    EXECUTOR_SPEC = executor_spec.BeamExecutorSpec(Executor)
    DRIVER_CLASS = Driver

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
