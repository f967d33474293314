"""Open-source Kubeflow Pipelines, through kfp's client."""

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import kfp
import kfp_server_api
import urllib3

from kubeflow.argo_nodes import DRIVER, ROOT, reasons, step_names, step_states
from kubeflow.argo_pods import pod_of
from kubeflow.containers import require
from kubeflow.kubeflow_client import COOKIES, TOKEN, connect, require_certificates
from kubeflow.kubeflow_log import read_log
from kubeflow.kubeflow_versions import upload_version
from kubeflow.service import (
    ANSWER_S,
    Change,
    RunState,
    Schedule,
    Service,
    Submission,
    SubmittedRun,
    Version,
    one_line,
    state_word,
)
from pipeline.config.config import PIPELINE_NAME
from pipeline.config.kubeflow import KubeflowOptions
from vocabulary.errors import UserError

_PAGE = 200
"""The most that the server sends at once (`maxPageSize`, backend/src/apiserver/list/list.go)."""
_NEWEST_FIRST = "created_at desc"


class KubeflowService(Service):
    """Submits to the API server at `kubeflow.endpoint`."""

    def __init__(self, options: KubeflowOptions, *, answer_s: float = ANSWER_S):
        """Connects to nothing yet; raises UserError if the options do not say where to."""
        require(options, "endpoint")
        if options.certificates:
            require_certificates(options.certificates)
        self._options = options
        super().__init__(f"Kubeflow Pipelines at {options.endpoint}", answer_s)

    def _submit(self, submission: Submission) -> str:
        client = connect(self._options)
        run = client.run_pipeline(
            job_name=f"{PIPELINE_NAME} {datetime.now():%Y-%m-%d %H:%M:%S}",
            **self._arguments(client, submission),
        )
        return str(run.run_id)

    def _schedule(self, submission: Submission, cron: str) -> str:
        client = connect(self._options)
        recurring = client.create_recurring_run(
            job_name=PIPELINE_NAME,
            cron_expression=f"0 {cron}",  # it counts seconds, too
            no_catchup=True,
            **self._arguments(client, submission),
        )
        return str(recurring.recurring_run_id)

    def _state(self, run_id: str) -> RunState:
        client = connect(self._options)
        run = client.get_run(run_id)
        if run.error:
            raise UserError(f"{self._name} cannot read the run {run_id}: {run.error.message}")
        details = _details(run)
        names = step_names(_pipeline_spec(client, run))
        return RunState(state_word(run.state), step_states(details, names), reasons(details, names))

    def _runs(self, limit: int) -> list[SubmittedRun]:
        client = connect(self._options)
        runs = _pages(client.list_runs, "runs", limit, self._experiment(client))
        return [
            SubmittedRun(run.run_id, _state(run, state_word(run.state)), run.created_at)
            for run in runs
        ]

    def _cancel(self, run_id: str) -> None:
        connect(self._options).terminate_run(run_id)

    def _retry(self, run_id: str) -> str:
        # kfp's client has no method of its own for this.
        connect(self._options).runs.run_service_retry_run(run_id=run_id)
        return run_id

    def _log(self, run_id: str, step: str) -> str:
        client = connect(self._options)
        run = client.get_run(run_id)
        pipeline = _pipeline_spec(client, run)
        names = step_names(pipeline)
        if step.removesuffix(DRIVER) not in (*names, ROOT):
            raise UserError(f"the run {run_id} has no step {step}; it has {', '.join(names)}")
        pod = pod_of(step, _details(run), pipeline)
        if pod is None:
            raise UserError(f"{step} has not begun, so there is no log of it")
        return read_log(client, run_id=run_id, pod=pod, namespace=self._options.namespace)

    def _upload(self, file: Path) -> Version:
        pipeline, version = upload_version(connect(self._options), file, self._options.namespace)
        return Version(version, self._page(f"pipelines/details/{pipeline}/version/{version}"))

    def _schedules(self) -> list[Schedule]:
        client = connect(self._options)
        experiment = self._experiment(client)
        return [
            Schedule(
                recurring.recurring_run_id,
                _cron(recurring.trigger),
                _state(recurring, "active" if recurring.status == "ENABLED" else "paused"),
                recurring.created_at,
            )
            for recurring in _pages(client.list_recurring_runs, "recurring_runs", None, experiment)
        ]

    def _change_schedule(self, schedule_id: str, change: Change) -> None:
        client = connect(self._options)
        if change == "pause":
            client.disable_recurring_run(schedule_id)
        elif change == "resume":
            client.enable_recurring_run(schedule_id)
        else:
            # The schedule owns the workflows of its runs: Kubernetes would delete those that run.
            client.recurring_runs.recurring_run_service_delete_recurring_run(
                schedule_id, propagation_policy="ORPHAN"
            )

    def page(self, run_id: str) -> str:
        """See `Service`."""
        return self._page(f"runs/details/{run_id}")

    def _page(self, path: str) -> str:
        return f"{str(self._options.endpoint).rstrip('/')}/#/{path}"

    def _arguments(self, client: kfp.Client, submission: Submission) -> dict[str, Any]:
        options = self._options
        experiment = client.create_experiment(options.experiment, namespace=options.namespace)
        return {
            "experiment_id": str(experiment.experiment_id),
            "pipeline_package_path": str(submission.file),
            "params": dict(submission.values),
            # The server reads no root from the pipeline, only from the run, or has its own.
            "pipeline_root": options.pipeline_root,
            # True would also cache what must not be: the champion.
            "enable_caching": None if submission.cache else False,
            "service_account": self._options.service_account,
        }

    def _experiment(self, client: kfp.Client) -> str | None:
        """The id of the experiment that runs are grouped under; None if there is none yet."""
        options = self._options
        try:
            experiment = client.get_experiment(
                experiment_name=options.experiment, namespace=options.namespace
            )
        except ValueError as error:
            if str(error).startswith("No experiment is found"):
                return None
            raise
        return str(experiment.experiment_id)

    @contextlib.contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except kfp_server_api.ApiException as error:
            reason = _reason(error)
            if error.status in (401, 403):
                raise UserError(
                    f"{self._name} refuses these credentials: {reason}; put a token into {TOKEN}, "
                    f"or cookies into {COOKIES}"
                ) from error
            raise UserError(f"{self._name} refuses: {reason}") from error
        except urllib3.exceptions.HTTPError as error:
            cause = getattr(error, "reason", None) or error
            if isinstance(cause, urllib3.exceptions.ProtocolError):
                cause = cause.args[-1]
            key = "certificates" if "CERTIFICATE" in str(cause) else "endpoint"
            raise UserError(
                f"{self._name} cannot be reached: {cause}; see kubeflow.{key}"
            ) from error
        except ValueError as error:  # of the client, before it asks
            raise UserError(f"{self._name}: {error}") from error


def _pages(
    ask: Callable[..., Any], name: str, limit: int | None, experiment: str | None
) -> list[Any]:
    """What a list of the server holds, newest first, page by page until there are `limit`."""
    listed: list[Any] = []
    token = ""
    while experiment is not None and (limit is None or len(listed) < limit):
        answer = ask(
            page_token=token,
            page_size=_PAGE if limit is None else min(_PAGE, limit - len(listed)),
            sort_by=_NEWEST_FIRST,
            experiment_id=experiment,
        )
        listed += getattr(answer, name) or []
        token = answer.next_page_token
        if not token:
            break
    return listed


def _state(record: Any, word: str) -> str:
    """The word for a state, if the server could read what it keeps of a run or a schedule."""
    return "unreadable" if record.error else word


def _cron(trigger: Any) -> str:
    return str(trigger.cron_schedule.cron) if trigger and trigger.cron_schedule else ""


def _details(run: Any) -> list[Any]:
    return (run.run_details.task_details if run.run_details else None) or []


def _pipeline_spec(client: kfp.Client, run: Any) -> Any:
    """The pipeline of a run, which the server sends along, or keeps as a version of a pipeline."""
    reference = run.pipeline_version_reference
    if run.pipeline_spec or not reference:
        return run.pipeline_spec
    version = client.get_pipeline_version(reference.pipeline_id, reference.pipeline_version_id)
    return version.pipeline_spec


def _reason(error: kfp_server_api.ApiException) -> str:
    """The server's message; the server answers in JSON, a proxy before it in any form."""
    try:
        body = json.loads(error.body)
        # Of an upload in another field (pipeline_upload_server.go), and of some proxies in `error`.
        reasons = (body.get(field) for field in ("message", "error_message", "error"))
        return one_line(str(next(filter(None, reasons), error.reason)))
    except (TypeError, ValueError, AttributeError):
        return f"{error.status} {error.reason}"
