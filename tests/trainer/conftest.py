"""A transform graph and examples, made as the pipeline makes them."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
import tensorflow_transform as tft
import tensorflow_transform.beam as tft_beam
from tensorflow_transform.tf_metadata import dataset_metadata
from tfx_bsl.tfxio import tf_example_record

from components.digit_example_gen.synthesis import Recipe, draw_shard, write_shard
from components.digit_schema_gen.component import read_schema
from pipeline.config.file import read_config
from tests.trainer.training_process import Job, train
from trainer.preprocessing import preprocessing_fn
from vocabulary.examples_count import write_counts

SIZE = 96
SMALL = (
    f"splits.train={SIZE}",
    f"splits.eval={SIZE}",
    f"splits.validation={SIZE}",
    "training.epochs=2",
    "training.batch_size=16",
    "training.checkpoint_every=4",
    "training.precision=float32",
    "training.learning_rate=1e-3",
)


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Serialized examples of the default scene, all with a digit, as PNG.

    Decoders of JPEG differ by a grey level.
    """
    png = ("scene.compression=[0, 0]", "augmentation.compression=0", "scene.empty=0")
    data = read_config(None, png).data.model_dump_json()
    return draw_shard(Recipe(data, "train", ("train", "eval"), SIZE), 0).examples


@pytest.fixture(scope="session")
def examples_pattern(examples: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same examples as gzipped TFRecords."""
    from components.digit_example_gen.synthesis import Shard

    examples_folder = tmp_path_factory.mktemp("examples")
    write_counts(str(examples_folder), {"train": SIZE})
    folder = examples_folder / "Split-train"
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
        examples_pattern,
        telemetry_descriptors=["test"],
        schema=read_schema("localization", classes=10),
    )
    with (
        beam.Pipeline(runner="FnApiRunner") as pipeline,
        tft_beam.Context(temp_dir=str(folder / "tmp")),
    ):
        raw = pipeline | source.BeamSource()
        fitted = (raw, source.TensorAdapterConfig()) | tft_beam.AnalyzeDataset(
            functools.partial(preprocessing_fn, custom_config=read_config(None).transform)
        )
        _ = fitted | tft_beam.WriteTransformFn(str(folder / "out"))
        metadata = dataset_metadata.DatasetMetadata(read_schema("localization", classes=10))
        _ = metadata | tft_beam.WriteMetadata(str(folder / "out" / "metadata"), pipeline)
    return tft.TFTransformOutput(str(folder / "out"))


@pytest.fixture(scope="session")
def new_job(
    examples_pattern: str,
    transform: tft.TFTransformOutput,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., Job]:
    """A small training in a folder of its own: `new_job("training.epochs=2", name=..., root=...)`.

    Six steps an epoch. In float32, since sums in bfloat16 depend on their order.
    """

    def build(*settings: str, root: Path | None = None, name: str = "made", **options: Any) -> Job:
        config = read_config(None, [*SMALL, *settings])
        return Job(
            examples_pattern,
            transform.transform_savedmodel_dir.rpartition("/")[0],
            config.trainer.model_dump_json(),
            root=str(root or tmp_path_factory.mktemp("training")),
            name=name,
            **options,
        )

    return build


@pytest.fixture(scope="session", params=["lab", "edge"])
def plain(request: pytest.FixtureRequest, new_job: Callable[..., Job]) -> Job:
    """A training on one device, from the start to the end."""
    return train(new_job(f"model.kind={request.param}"))
