"""A transform graph and examples, made as the pipeline makes them."""

import functools
from pathlib import Path

import apache_beam as beam
import pytest
import tensorflow_transform as tft
import tensorflow_transform.beam as tft_beam
from tensorflow_transform.tf_metadata import dataset_metadata
from tfx_bsl.tfxio import tf_example_record

from components.digit_example_gen.synthesis import Recipe, draw_shard, write_shard
from components.digit_schema_gen.component import read_schema
from pipeline.config_file import read_config
from trainer.preprocessing import preprocessing_fn

SIZE = 96


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Serialized examples of the default scene."""
    data = read_config(None).data.model_dump_json()
    return draw_shard(Recipe(data, "train", ("train", "eval"), SIZE), 0).examples


@pytest.fixture(scope="session")
def examples_pattern(examples: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same examples as gzipped TFRecords."""
    from components.digit_example_gen.synthesis import Shard

    folder = tmp_path_factory.mktemp("examples")
    for part in range(3):
        write_shard(str(folder), Shard(f"part-{part}.gz", examples[part::3]))
    return f"{folder}/*"


@pytest.fixture(scope="session")
def transform(
    examples_pattern: str, tmp_path_factory: pytest.TempPathFactory
) -> tft.TFTransformOutput:
    """The transform graph of the default canvas, analysed on those examples."""
    folder: Path = tmp_path_factory.mktemp("transform")
    source = tf_example_record.TFExampleRecord(
        examples_pattern, telemetry_descriptors=["test"], schema=read_schema()
    )
    canvas = {"height": 75, "width": 75, "channels": 1}
    with (
        beam.Pipeline(runner="FnApiRunner") as pipeline,
        tft_beam.Context(temp_dir=str(folder / "tmp")),
    ):
        raw = pipeline | source.BeamSource()
        fitted = (raw, source.TensorAdapterConfig()) | tft_beam.AnalyzeDataset(
            functools.partial(preprocessing_fn, custom_config=canvas)
        )
        _ = fitted | tft_beam.WriteTransformFn(str(folder / "out"))
        metadata = dataset_metadata.DatasetMetadata(read_schema())
        _ = metadata | tft_beam.WriteMetadata(str(folder / "out" / "metadata"), pipeline)
    return tft.TFTransformOutput(str(folder / "out"))
