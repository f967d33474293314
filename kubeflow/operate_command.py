"""`digits cancel`, `retry`, `logs`, `upload`, `schedules`, `runs --target`: what is submitted."""

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TextIO

from kubeflow.compile_command import compile_checked
from kubeflow.containers import PLACES, require
from kubeflow.service import Change, Schedule, Service, SubmittedRun
from kubeflow.spec_file import suffix_for, write_whole
from kubeflow.submit_command import open_service
from pipeline.config.config import Config
from pipeline.config.kubeflow import KubeflowOptions
from pipeline.run.log_file import logged_to

_TIME = "%Y-%m-%d %H:%M:%S %Z"


def list_submitted(options: KubeflowOptions, target: str, *, limit: int, as_json: bool) -> None:
    """Lists the newest runs that were submitted to a target, the last one first.

    Raises UserError, as all of these do, if the service cannot be reached or refuses.
    """
    with _service(options, target) as (service, output):
        runs = service.runs(limit)
        if not as_json and not runs:
            print("no runs were submitted", file=output)
        _tell("runs", runs, as_json=as_json, output=output)


def list_schedules(options: KubeflowOptions, target: str, *, as_json: bool) -> None:
    """Lists the schedules of the pipeline on a target."""
    with _service(options, target) as (service, output):
        schedules = service.schedules()
        if not as_json and not schedules:
            print("there are no schedules", file=output)
        _tell("schedules", schedules, as_json=as_json, output=output)


def change_schedule(
    options: KubeflowOptions, target: str, schedule_id: str, change: Change, *, as_json: bool
) -> None:
    """Pauses, resumes or deletes a schedule."""
    state = {"pause": "paused", "resume": "active", "delete": "deleted"}[change]
    with _service(options, target) as (service, output):
        service.change_schedule(schedule_id, change)
        facts = {"schedule": schedule_id, "state": state}
        print(json.dumps(facts) if as_json else f"{schedule_id} is {state}", file=output)


def cancel(options: KubeflowOptions, target: str, run_id: str, *, as_json: bool) -> None:
    """Asks a target to stop a run."""
    with _service(options, target) as (service, output):
        service.cancel(run_id)
        facts = {"run": run_id, "state": "cancelling"}
        print(json.dumps(facts) if as_json else f"{run_id} is cancelling", file=output)


def retry(options: KubeflowOptions, target: str, run_id: str, *, as_json: bool) -> None:
    """Runs again what failed of a run."""
    with _service(options, target) as (service, output):
        run = service.retry(run_id)
        _tell_facts({"run": run, "page": service.page(run)}, as_json=as_json, output=output)


def logs(options: KubeflowOptions, target: str, run_id: str, step: str, *, as_json: bool) -> None:
    """Prints the log of a step's last attempt."""
    with _service(options, target) as (service, output):
        log = service.log(run_id, step)
        facts = {"run": run_id, "step": step, "log": log}
        print(json.dumps(facts) if as_json else log.removesuffix("\n"), file=output)


def upload(config: Config, target: str, *, as_json: bool) -> None:
    """Compiles, checks as `--check` does, and keeps the pipeline on the target as a version."""
    require(config.kubeflow, *PLACES)
    with (
        tempfile.TemporaryDirectory() as folder,
        _service(config.kubeflow, target) as (service, output),
    ):
        file = Path(folder, f"digits{suffix_for(target)}")
        write_whole(file, compile_checked(config, target).text())
        _tell_facts(asdict(service.upload(file)), as_json=as_json, output=output)


@contextlib.contextmanager
def _service(options: KubeflowOptions, target: str) -> Iterator[tuple[Service, TextIO]]:
    """The service of a target, and where answers are printed; what libraries print is logged."""
    with logged_to() as (output, _):
        yield open_service(target, options, limit=None), output


def _tell_facts(facts: Mapping[str, str], *, as_json: bool, output: TextIO) -> None:
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
        [f"{fact:{_TIME}}" if isinstance(fact, datetime) else str(fact or "") for fact in facts]
        for facts in (asdict(record).values() for record in records)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip(), file=output)
