"""`digits cancel`, `retry`, `logs`, `upload` and `schedules`: what is on a back end."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.failures import sentences
from cli.options import ConfigOption, JsonOption, RunArgument, SetOption, TargetOption

if TYPE_CHECKING:
    from pipeline.config.config import Config


def cancel(
    run_id: RunArgument,
    target: TargetOption,
    config: ConfigOption = None,
    set_: SetOption = None,
    json: JsonOption = False,
) -> None:
    """Cancel a run on Vertex AI or Kubeflow Pipelines."""
    with _read(config, set_) as effective:
        from kubeflow import operate_command

        operate_command.cancel(effective.kubeflow, target, run_id, as_json=json)


def retry(
    run_id: RunArgument,
    target: TargetOption,
    config: ConfigOption = None,
    set_: SetOption = None,
    json: JsonOption = False,
) -> None:
    """Retry a run on Vertex AI or Kubeflow Pipelines.

    Kubeflow runs again what failed of it; Vertex AI begins a new run, from the cache.
    """
    with _read(config, set_) as effective:
        from kubeflow import operate_command

        operate_command.retry(effective.kubeflow, target, run_id, as_json=json)


def logs(
    run_id: RunArgument,
    step: Annotated[str, typer.Argument(metavar="STEP", help="As `digits status` names it.")],
    target: TargetOption,
    config: ConfigOption = None,
    set_: SetOption = None,
    json: JsonOption = False,
) -> None:
    """Print what a step of a run has printed.

    Kubeflow Pipelines hands it out; of Vertex AI it says where it is.
    """
    with _read(config, set_) as effective:
        from kubeflow import operate_command

        operate_command.logs(effective.kubeflow, target, run_id, step, as_json=json)


def upload(
    target: TargetOption,
    config: ConfigOption = None,
    set_: SetOption = None,
    json: JsonOption = False,
) -> None:
    """Keep the pipeline on Kubeflow Pipelines, as a version."""
    with _read(config, set_) as effective:
        from kubeflow import operate_command

        operate_command.upload(effective, target, as_json=json)


def schedules(
    target: TargetOption,
    pause: Annotated[
        str | None, typer.Option(metavar="SCHEDULE", help="Start no more runs.")
    ] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="SCHEDULE", help="Start runs again.")
    ] = None,
    delete: Annotated[
        str | None, typer.Option(metavar="SCHEDULE", help="Delete it; its runs stay.")
    ] = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    json: JsonOption = False,
) -> None:
    """List, pause, resume or delete schedules of runs.

    They are on Vertex AI or Kubeflow Pipelines; `digits submit --schedule` adds one each time.
    """
    with _read(config, set_) as effective:
        from kubeflow import operate_command
        from vocabulary.errors import UserError

        given = {"pause": pause, "resume": resume, "delete": delete}
        changes = [(change, schedule) for change, schedule in given.items() if schedule is not None]
        options = effective.kubeflow
        match changes:
            case []:
                operate_command.list_schedules(options, target, as_json=json)
            case [("pause" | "resume" | "delete" as change, schedule)]:
                operate_command.change_schedule(options, target, schedule, change, as_json=json)
            case _:
                raise UserError("give one of --pause, --resume and --delete, not several")


@contextlib.contextmanager
def _read(config: Path | None, set_: list[str] | None) -> Iterator["Config"]:
    """The effective config; what is raised becomes a sentence."""
    with sentences():
        from pipeline.config.file import read_config

        yield read_config(config, set_ or [])
