"""`digits cancel`, `retry` and `schedules`: what was submitted, on its back end."""

from typing import Annotated

import typer

from cli.failures import sentences
from cli.options import ConfigOption, JsonOption, RunArgument, SetOption, TargetOption


def cancel(
    run_id: RunArgument,
    target: TargetOption,
    config: ConfigOption = None,
    set_: SetOption = None,
    json: JsonOption = False,
) -> None:
    """Cancel a run on Vertex AI or Kubeflow Pipelines."""
    with sentences():
        from kubeflow import operate_command
        from pipeline.config.file import read_config

        options = read_config(config, set_ or []).kubeflow
        operate_command.cancel(options, target, run_id, as_json=json)


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
    with sentences():
        from kubeflow import operate_command
        from pipeline.config.file import read_config

        options = read_config(config, set_ or []).kubeflow
        operate_command.retry(options, target, run_id, as_json=json)


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
    with sentences():
        from kubeflow import operate_command
        from pipeline.config.file import read_config
        from vocabulary.errors import UserError

        given = {"pause": pause, "resume": resume, "delete": delete}
        changes = [(change, schedule) for change, schedule in given.items() if schedule]
        options = read_config(config, set_ or []).kubeflow
        match changes:
            case []:
                operate_command.list_schedules(options, target, as_json=json)
            case [("pause" | "resume" | "delete" as change, schedule)]:
                operate_command.change_schedule(options, target, schedule, change, as_json=json)
            case _:
                raise UserError("give one of --pause, --resume and --delete, not several")
