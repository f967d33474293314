"""`digits runs --target`, `cancel`, `retry` and `schedules`: what was submitted, operated."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TextIO

from kubeflow.service import Change, Schedule, SubmittedRun
from kubeflow.submit_command import open_service
from pipeline.config.kubeflow import KubeflowOptions
from pipeline.run.log_file import logged_to

_TIME = "%Y-%m-%d %H:%M:%S %Z"


def list_submitted(options: KubeflowOptions, target: str, *, limit: int, as_json: bool) -> None:
    """Lists the newest runs that were submitted to a target, the last one first.

    Raises UserError if the service cannot be reached or refuses.
    """
    with logged_to() as (output, _):
        runs = open_service(target, options, limit=None).runs(limit)
        if not as_json and not runs:
            print("no runs were submitted", file=output)
        _tell("runs", runs, as_json=as_json, output=output)


def list_schedules(options: KubeflowOptions, target: str, *, as_json: bool) -> None:
    """Lists the schedules of the pipeline on a target.

    Raises UserError if the service cannot be reached or refuses.
    """
    with logged_to() as (output, _):
        schedules = open_service(target, options, limit=None).schedules()
        if not as_json and not schedules:
            print("there are no schedules", file=output)
        _tell("schedules", schedules, as_json=as_json, output=output)


def change_schedule(
    options: KubeflowOptions, target: str, schedule_id: str, change: Change, *, as_json: bool
) -> None:
    """Pauses, resumes or deletes a schedule.

    Raises UserError if the service cannot be reached, or knows no such schedule.
    """
    state = {"pause": "paused", "resume": "active", "delete": "deleted"}[change]
    with logged_to() as (output, _):
        open_service(target, options, limit=None).change_schedule(schedule_id, change)
        facts = {"schedule": schedule_id, "state": state}
        print(json.dumps(facts) if as_json else f"{schedule_id} is {state}", file=output)


def cancel(options: KubeflowOptions, target: str, run_id: str, *, as_json: bool) -> None:
    """Asks a target to stop a run.

    Raises UserError if the service cannot be reached, knows no such run, or the run has ended.
    """
    with logged_to() as (output, _):
        open_service(target, options, limit=None).cancel(run_id)
        facts = {"run": run_id, "state": "cancelling"}
        print(json.dumps(facts) if as_json else f"{run_id} is cancelling", file=output)


def retry(options: KubeflowOptions, target: str, run_id: str, *, as_json: bool) -> None:
    """Runs again what failed of a run.

    Raises UserError if the service cannot be reached, knows no such run, or the run did not fail.
    """
    with logged_to() as (output, _):
        service = open_service(target, options, limit=None)
        run = service.retry(run_id)
        facts = {"run": run, "page": service.page(run)}
        lines = [f"{name:<10} {fact}" for name, fact in facts.items()]
        print(json.dumps(facts) if as_json else "\n".join(lines), file=output)


def _tell(
    name: str, records: Sequence[SubmittedRun | Schedule], *, as_json: bool, output: TextIO
) -> None:
    """Prints one JSON object, or a line for each record, in columns."""
    if as_json:
        print(json.dumps({name: [asdict(record) for record in records]}, default=str), file=output)
        return
    rows = [
        [f"{fact:{_TIME}}" if key == "created" else str(fact) for key, fact in asdict(r).items()]
        for r in records
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip(), file=output)
