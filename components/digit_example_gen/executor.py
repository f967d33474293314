"""The executor of DigitExampleGen: synthesis on Beam, one pipeline for all splits."""

import json
from typing import Any

import apache_beam as beam
from tfx import types
from tfx.components.example_gen import base_example_gen_executor
from tfx.components.util import examples_utils
from tfx.proto import example_gen_pb2
from tfx.types import artifact_utils, standard_component_specs
from tfx.utils import proto_utils

from components.digit_example_gen.synthesis import Recipe, Shard, Synthesize, WriteShards
from vocabulary.examples_count import write_counts

Artifacts = dict[str, list[types.Artifact]]


class Executor(base_example_gen_executor.BaseExampleGenExecutor):
    """Writes shards where TFX's base class would shuffle single examples.

    The base class reshuffles every serialized example before it writes: memory grows with the
    data, and what a file holds depends on the number of workers.
    """

    def GetInputSourceToExamplePTransform(self) -> type[beam.PTransform]:  # noqa: N802
        """The transform that makes one split."""
        return Synthesize

    def GenerateExamplesByBeam(  # noqa: N802
        self, pipeline: beam.Pipeline, exec_properties: dict[str, Any]
    ) -> dict[str, beam.PCollection[Shard]]:
        """The shards of each split, by its name."""
        synthesize = self.GetInputSourceToExamplePTransform()
        return {
            recipe.split: pipeline | f"Synthesize[{recipe.split}]" >> synthesize(recipe)
            for recipe in recipes(exec_properties)
        }

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, Any]
    ) -> None:
        """Writes `Split-NAME/data_tfrecord-*.gz` of every split, and how many examples each has."""
        self._log_startup(input_dict, output_dict, exec_properties)
        outputs = output_dict[standard_component_specs.EXAMPLES_KEY]
        artifact = artifact_utils.get_single_instance(outputs)
        splits = [recipe.split for recipe in recipes(exec_properties)]
        artifact.split_names = artifact_utils.encode_split_names(splits)
        examples_utils.set_payload_format(artifact, example_gen_pb2.FORMAT_TF_EXAMPLE)
        examples_utils.set_file_format(artifact, "tfrecords_gzip")
        with self._make_beam_pipeline() as pipeline:
            made = self.GenerateExamplesByBeam(pipeline, exec_properties)
            counts = [
                shards
                | f"Write[{split}]" >> WriteShards(artifact_utils.get_split_uri(outputs, split))
                | f"Count[{split}]" >> beam.CombineGlobally(sum)
                | f"Name[{split}]" >> beam.Map(lambda count, split: (split, count), split)
                for split, shards in made.items()
            ]
            _ = (
                counts
                | beam.Flatten()
                | beam.combiners.ToDict()
                | beam.Map(_write_counts, artifact.uri, splits)
            )


def _write_counts(counts: dict[str, int], folder: str, splits: list[str]) -> None:
    write_counts(folder, {split: counts[split] for split in splits})


def recipes(exec_properties: dict[str, Any]) -> list[Recipe]:
    """What to make for each split.

    The `pattern` of a split, which is the query in a query-based ExampleGen, is its size.
    """
    inputs = proto_utils.json_to_proto(
        exec_properties[standard_component_specs.INPUT_CONFIG_KEY], example_gen_pb2.Input()
    )
    custom = json.loads(exec_properties[standard_component_specs.CUSTOM_CONFIG_KEY])
    splits = tuple(split.name for split in inputs.splits)
    data = custom["custom_config"]["value"]
    return [Recipe(data, split.name, splits, int(split.pattern)) for split in inputs.splits]
