"""`digits compile`, `submit` and `status`: the pipeline on Vertex AI or Kubeflow Pipelines."""

from pathlib import Path
from typing import Annotated

import typer

from cli.failures import sentences
from cli.options import (
    ConfigOption,
    ImageOption,
    JsonOption,
    ParameterOption,
    PipelineRootOption,
    RunArgument,
    SetOption,
    TargetOption,
    TimeoutOption,
    WaitOption,
)


def compile_(
    target: TargetOption,
    output: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Output: .json for vertex, .yaml for kubeflow."),
    ],
    config: ConfigOption = None,
    set_: SetOption = None,
    image: ImageOption = None,
    pipeline_root: PipelineRootOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Also check the rules of the back end.")
    ] = False,
) -> None:
    """Compile the pipeline for Vertex AI or Kubeflow Pipelines."""
    with sentences():
        from kubeflow.compile_command import compile_to_file
        from pipeline.config.file import read_config

        effective = read_config(config, _settings(set_, image, pipeline_root))
        compile_to_file(effective, target, output, check=check)


def submit(
    target: TargetOption,
    config: ConfigOption = None,
    set_: SetOption = None,
    image: ImageOption = None,
    pipeline_root: PipelineRootOption = None,
    parameter: ParameterOption = None,
    schedule: Annotated[
        str | None, typer.Option(metavar="CRON", help="Run on a schedule, such as '0 3 * * 1'.")
    ] = None,
    cache: Annotated[
        bool, typer.Option(help="Reuse the outputs of components that did not change.")
    ] = True,
    wait: WaitOption = False,
    timeout: TimeoutOption = None,
    json: JsonOption = False,
) -> None:
    """Run the pipeline on Vertex AI or Kubeflow Pipelines.

    It runs now, or on a schedule.
    """
    with sentences():
        from kubeflow import submit_command
        from pipeline.config.file import read_config

        settings = _settings(set_, image, pipeline_root)
        effective = read_config(config, settings)
        changed = read_config(config, settings, parameter or [])
        submit_command.submit(
            effective,
            target,
            values=submit_command.checked_parameters(effective, changed, parameter or []),
            cache=cache,
            cron=schedule,
            follow=submit_command.FollowOptions(wait=wait, limit=timeout, as_json=json),
        )


def status(
    run_id: RunArgument,
    target: TargetOption,
    config: ConfigOption = None,
    set_: SetOption = None,
    wait: WaitOption = False,
    timeout: TimeoutOption = None,
    json: JsonOption = False,
) -> None:
    """Show the state of a run on Vertex AI or Kubeflow Pipelines."""
    with sentences():
        from kubeflow import submit_command
        from pipeline.config.file import read_config

        options = read_config(config, set_ or []).kubeflow
        follow = submit_command.FollowOptions(wait=wait, limit=timeout, as_json=json)
        submit_command.status(options, target, run_id, follow=follow)


def _settings(set_: list[str] | None, image: str | None, pipeline_root: str | None) -> list[str]:
    options = {"kubeflow.image": image, "kubeflow.pipeline_root": pipeline_root}
    return [*(set_ or []), *(f"{key}={value}" for key, value in options.items() if value)]
