"""`digits submit` and `digits status`: runs on Vertex AI or Kubeflow Pipelines."""

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from kubeflow.compile_command import compile_checked
from kubeflow.containers import PLACES, require
from kubeflow.parameters import find_parameters
from kubeflow.service import ANSWER_S, Service, Submission, wait_for_end
from kubeflow.spec_file import suffix_for, write_whole
from pipeline.config.config import Config
from pipeline.config.kubeflow import KubeflowOptions
from pipeline.run.log_file import logged_to
from vocabulary.errors import UserError


@dataclass(frozen=True)
class FollowOptions:
    """Whether a command waits for the end of a run, for how many seconds, and how it prints."""

    wait: bool
    limit: float | None
    as_json: bool


def submit(
    config: Config,
    target: str,
    *,
    values: Mapping[str, float],
    cache: bool,
    cron: str | None,
    follow: FollowOptions,
) -> None:
    """Compiles, checks and submits a run, or a schedule of runs.

    `cron` is of a schedule, five fields; None for one run now.

    Raises UserError if the target would refuse the pipeline, the service cannot be reached or
    refuses, or the run that is waited for fails.
    """
    require(config.kubeflow, *PLACES)
    if cron is not None and not re.fullmatch(r"\S+( \S+){4}", cron):
        raise UserError(
            f"--schedule {cron}: not the five fields minute, hour, day, month and weekday; write "
            f"for example '0 3 * * 1'"
        )
    with tempfile.TemporaryDirectory() as folder, logged_to() as (output, error):
        service = open_service(target, config.kubeflow, limit=follow.limit)
        file = Path(folder, f"digits{suffix_for(target)}")
        write_whole(file, compile_checked(config, target).text())
        submission = Submission(file, values, cache)
        if cron is not None:
            _tell({"schedule": _schedule(service, submission, cron, error)}, follow, output)
            return
        run_id = service.submit(submission)
        page = service.page(run_id)
        if follow.wait:
            print(f"submitted {run_id}\n{page}", file=error, flush=True)
            _tell_state(service, run_id, follow, output, error)
        else:
            _tell({"run": run_id, "page": page}, follow, output)


def _schedule(service: Service, submission: Submission, cron: str, error: TextIO) -> str:
    """Adds a schedule, and says which others go on beside it."""
    others = [other.schedule for other in service.schedules() if other.state == "active"]
    added = service.schedule(submission, cron)
    if others:
        print(f"also active: {', '.join(others)}; see digits schedules", file=error, flush=True)
    return added


def status(options: KubeflowOptions, target: str, run_id: str, *, follow: FollowOptions) -> None:
    """Says how a run is.

    Raises UserError if the service cannot be reached, knows no such run, or the run has failed.
    """
    with logged_to() as (output, error):
        service = open_service(target, options, limit=follow.limit)
        _tell_state(service, run_id, follow, output, error)


def checked_parameters(config: Config, changed: Config, given: Sequence[str]) -> dict[str, float]:
    """The values of runtime parameters, by name, of `training.epochs=3` and the like.

    `changed` is the config with the parameters in it, which has checked their types and ranges.

    Raises UserError if one is not a runtime parameter of the config.
    """
    known = {parameter.key for parameter in find_parameters(config)}
    values = {parameter.key: parameter for parameter in find_parameters(changed)}
    checked = {}
    for setting in given:
        key = setting.partition("=")[0].strip()
        if key not in known:
            raise UserError(
                f"--parameter {setting}: {key} is compiled in; use --set, or name it in "
                f"kubeflow.parameters"
            )
        checked[values[key].name] = values[key].default
    return checked


def open_service(target: str, options: KubeflowOptions, *, limit: float | None) -> Service:
    """The service of a target; nothing is asked of it yet.

    Raises UserError if the options do not say where it is.
    """
    answer_s = min(limit or ANSWER_S, ANSWER_S)
    if target == "vertex":
        from kubeflow.vertex_service import VertexService

        return VertexService(options, answer_s=answer_s)
    from kubeflow.kubeflow_service import KubeflowService

    return KubeflowService(options, answer_s=answer_s)


def _tell_state(
    service: Service, run_id: str, follow: FollowOptions, output: TextIO, error: TextIO
) -> None:
    def tell(task: str, state: str) -> None:
        print(f"  {task:<20} {state}", file=error, flush=True)

    if follow.wait:
        try:
            now = wait_for_end(service, run_id, tell=tell, limit=follow.limit)
        except KeyboardInterrupt as interrupt:
            goes_on = f"the run {run_id} goes on, look at it with digits status"
            raise KeyboardInterrupt(goes_on) from interrupt
    else:
        now = service.state(run_id)
        if not follow.as_json:
            for task, state in now.tasks.items():
                tell(task, state)
    facts: dict[str, Any] = {"run": run_id, "state": now.state, "page": service.page(run_id)}
    if follow.as_json:
        facts |= {"tasks": dict(now.tasks), "why": dict(now.why)}
    _tell(facts, follow, output)
    if now.state in ("failed", "cancelled"):
        reasons = "; ".join(f"{task}: {why}" if task else why for task, why in now.why.items())
        raise UserError(f"the run {run_id} has {now.state}: {reasons or 'see its page'}")


def _tell(facts: Mapping[str, Any], follow: FollowOptions, output: TextIO) -> None:
    if follow.as_json:
        print(json.dumps(facts), file=output, flush=True)
        return
    for name, fact in facts.items():
        print(f"{name:<10} {fact}", file=output, flush=True)
