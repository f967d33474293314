"""Examples and a transform graph for benchmarks, made by the DAG's own components."""

from pathlib import Path

import tensorflow_transform as tft
from tfx.components import Transform
from tfx.orchestration import metadata, pipeline
from tfx.orchestration.local.local_dag_runner import LocalDagRunner

from components.digit_example_gen.component import DigitExampleGen
from components.digit_schema_gen.component import DigitSchemaGen
from pipeline.beam_args import beam_pipeline_args
from pipeline.config import Config
from trainer.training import Data


def run_transform(root: Path, config: Config, *, materialize: bool = False) -> None:
    """Runs the DAG as far as Transform; what is there already comes from the cache."""
    examples = DigitExampleGen(data=config.data, splits=config.splits)
    schema = DigitSchemaGen()
    transform = Transform(
        examples=examples.outputs["examples"],
        schema=schema.outputs["schema"],
        preprocessing_fn="trainer.preprocessing.preprocessing_fn",
        custom_config=config.canvas.model_dump(),
        materialize=materialize,
        disable_statistics=True,
    )
    LocalDagRunner().run(
        pipeline.Pipeline(
            pipeline_name="benchmark",
            pipeline_root=str(root),
            components=[examples, schema, transform],
            metadata_connection_config=metadata.sqlite_metadata_connection_config(
                str(root / "metadata.sqlite")
            ),
            beam_pipeline_args=beam_pipeline_args(config.beam),
            enable_cache=True,
        )
    )


def newest(root: Path, component: str, key: str) -> str:
    """The folder of the newest artefact."""
    return str(max((root / component / key).iterdir(), key=lambda path: int(path.name)))


def prepare(root: Path, config: Config) -> Data:
    """What a Trainer is handed."""
    run_transform(root, config)
    examples = newest(root, "DigitExampleGen", "examples")
    return Data(
        [f"{examples}/Split-train/*"],
        [f"{examples}/Split-{config.watched_split}/*"],
        tft.TFTransformOutput(newest(root, "Transform", "transform_graph")),
    )
