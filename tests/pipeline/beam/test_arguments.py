"""The arguments of Beam, by the runner of the config, as Beam's own parser reads them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.beam.arguments import PLUGIN, beam_pipeline_args
from pipeline.beam.worker_processes import OPTIONS
from pipeline.config.beam import MANY, MOST_PROCESSES
from pipeline.config.config import Config
from vocabulary.errors import UserError

Configure = Callable[..., Config]


def parsed(config: Config) -> dict[str, Any]:
    """What Beam understands; it refuses nothing that it does not know, but gives it no place."""
    return PipelineOptions(beam_pipeline_args(config.beam)).get_all_options(drop_default=True)


def test_local_runs_in_this_process_whatever_the_workers(configure: Configure) -> None:
    options = parsed(configure("beam.runner=local", "beam.workers=8"))
    assert options["runner"] == "FnApiRunner"
    assert options.get("direct_num_workers", 1) == 1
    assert options.get("direct_running_mode", "in_memory") == "in_memory"


def test_local_processes_runs_in_as_many_as_asked(configure: Configure) -> None:
    options = parsed(configure("beam.runner=local_processes", "beam.workers=8"))
    assert options["runner"] == "FnApiRunner"
    assert options["direct_running_mode"] == "multi_processing"
    assert options["direct_num_workers"] == 8


@pytest.mark.parametrize(
    ("train", "cores", "runner", "workers"),
    [
        (MANY - 2000, 2, "local_processes", 2),
        (MANY - 2001, 2, "local", 1),
        (MANY, 1, "local", 1),
        (MANY, 64, "local_processes", MOST_PROCESSES),
    ],
)
def test_many_examples_are_made_by_a_process_for_each_core(
    configure: Configure, train: int, cores: int, runner: str, workers: int
) -> None:
    config = configure(f"splits.train={train}", "splits.eval=2000")
    chosen = configure(f"beam.runner={runner}", f"beam.workers={workers}").beam
    assert beam_pipeline_args(config.beam_on(cores)) == beam_pipeline_args(chosen)


def test_as_many_processes_as_are_asked_for_make_many_examples(configure: Configure) -> None:
    config = configure(f"splits.train={MANY}", "beam.workers=3")
    chosen = configure("beam.runner=local_processes", "beam.workers=3").beam
    assert beam_pipeline_args(config.beam_on(2)) == beam_pipeline_args(chosen)


def test_runner_that_is_named_is_the_one_for_many_examples(configure: Configure) -> None:
    config = configure("beam.runner=local", f"splits.train={MANY}")
    assert config.beam_on(2) == config.beam


def test_where_nothing_else_is_said_data_work_is_done_in_the_process(configure: Configure) -> None:
    """As in `digits predict`, whose pictures are counted by nobody."""
    config = configure(f"splits.train={MANY}")
    assert config.beam.runner == "auto"
    local = configure("beam.runner=local").beam
    assert beam_pipeline_args(config.beam) == beam_pipeline_args(local)


def test_processes_of_this_machine_import_what_all_other_workers_do() -> None:
    assert json.loads(OPTIONS.read_text()) == {"beam_plugins": [PLUGIN]}


def test_portable_finds_the_job_service_and_the_pool(configure: Configure) -> None:
    options = parsed(
        configure(
            "beam.runner=portable",
            "beam.job_server=jobs:8099",
            "beam.environment=external",
            "beam.worker_pool=localhost:50000",
        )
    )
    assert options == {
        "runner": "PortableRunner",
        "job_endpoint": "jobs:8099",
        "environment_type": "EXTERNAL",
        "environment_config": "localhost:50000",
        "beam_plugins": ["pipeline.beam.worker"],
        "sdk_container_image": "none",
    }


def test_flink_is_sent_one_jar_that_starts_containers(configure: Configure) -> None:
    options = parsed(
        configure(
            "beam.runner=flink",
            "beam.master=flink:8081",
            "beam.workers=4",
            "beam.environment=docker",
            "beam.image=registry.example/beam:1",
        )
    )
    assert options == {
        "runner": "FlinkRunner",
        "flink_master": "flink:8081",
        "flink_submit_uber_jar": True,
        "parallelism": 4,
        "environment_cache_millis": "60000",
        "environment_type": "DOCKER",
        "environment_config": "registry.example/beam:1",
        "beam_plugins": ["pipeline.beam.worker"],
        "sdk_container_image": "registry.example/beam:1",
    }


def test_spark_is_sent_one_jar(configure: Configure) -> None:
    config = configure("beam.runner=spark", "beam.master=http://spark:6066")
    assert "--storage_level=MEMORY_ONLY" in beam_pipeline_args(config.beam)  # of the jar's parser
    options = parsed(config)
    assert options == {
        "runner": "SparkRunner",
        "spark_submit_uber_jar": True,
        "spark_rest_url": "http://spark:6066",
        "environment_cache_millis": "60000",
        "environment_type": "LOOPBACK",
        "sdk_container_image": "none",
    }


DATAFLOW = (
    "beam.runner=dataflow",
    "beam.project=p",
    "beam.region=europe-west4",
    "beam.temp_location=gs://bucket/temp",
)


@pytest.mark.parametrize(
    ("setting", "key", "value"),
    [
        ("beam.image=registry.example/beam:1", "sdk_container_image", "registry.example/beam:1"),
        ("beam.setup_file=./setup.py", "setup_file", "./setup.py"),
    ],
)
def test_dataflow_gets_its_code_by_image_or_setup_file(
    setting: str, key: str, value: str, configure: Configure
) -> None:
    options = parsed(configure(*DATAFLOW, setting, "beam.workers=9"))
    assert options == {
        "runner": "DataflowRunner",
        "project": "p",
        "region": "europe-west4",
        "temp_location": "gs://bucket/temp",
        "max_num_workers": 9,
        "experiments": ["use_runner_v2"],
        "beam_plugins": ["pipeline.beam.worker"],
        key: value,
    }


def test_further_arguments_are_handed_on(configure: Configure) -> None:
    options = parsed(configure("beam.arguments=[--worker_machine_type=n2-standard-8]"))
    assert options["machine_type"] == "n2-standard-8"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (["beam.runner=portable"], "beam.runner portable needs beam.job_server, which is not set"),
        (["beam.runner=flink"], "beam.runner flink needs beam.master, which is not set"),
        (["beam.runner=spark"], "beam.runner spark needs beam.master, which is not set"),
        (["beam.runner=dataflow"], "beam.runner dataflow needs beam.project, which is not set"),
        ([*DATAFLOW], "dataflow needs the code on its workers; set beam.image or"),
        (
            ["beam.runner=flink", "beam.master=f:1", "beam.environment=external"],
            "beam.runner flink needs beam.worker_pool, which is not set",
        ),
        (
            ["beam.runner=spark", "beam.master=f:1", "beam.environment=docker"],
            "beam.runner spark needs beam.image, which is not set",
        ),
        (["beam.runner=portable", "beam.job_server=jobs"], "beam.job_server is"),
        (["beam.arguments=[runner]"], r"beam.arguments\[0\] is"),
    ],
)
def test_what_a_runner_lacks_is_a_sentence(
    settings: list[str], sentence: str, configure: Configure
) -> None:
    with pytest.raises(UserError, match=sentence):
        configure(*settings)
