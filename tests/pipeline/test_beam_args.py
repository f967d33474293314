"""The arguments of Beam, by the runner of the config."""

from collections.abc import Callable

from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions

from pipeline.beam_args import beam_pipeline_args
from pipeline.config import Config


def parsed(config: Config) -> tuple[str, str, int]:
    options = PipelineOptions(beam_pipeline_args(config.beam))
    direct = options.view_as(DirectOptions)
    runner = options.view_as(StandardOptions).runner
    return runner, direct.direct_running_mode, direct.direct_num_workers


def test_local_runs_in_this_process_whatever_the_workers(
    configure: Callable[..., Config],
) -> None:
    config = configure("beam.runner=local", "beam.workers=8")
    assert parsed(config) == ("FnApiRunner", "in_memory", 1)


def test_local_processes_runs_in_as_many_as_asked(configure: Callable[..., Config]) -> None:
    config = configure("beam.runner=local_processes", "beam.workers=8")
    assert parsed(config) == ("FnApiRunner", "multi_processing", 8)
