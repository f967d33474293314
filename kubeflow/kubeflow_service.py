"""Open-source Kubeflow Pipelines, through kfp's client."""

import contextlib
import json
import os
import warnings
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
    state_word,
)
from pipeline.config.config import PIPELINE_NAME
from pipeline.config.kubeflow import KubeflowOptions
from vocabulary.errors import UserError

TOKEN = "KFP_TOKEN"
"""The environment variable of a bearer token; kfp's client has none of its own."""
COOKIES = "KFP_COOKIES"
"""The environment variable of what a login before the server wants, as `oauth2_proxy=...`."""
_PAGE = 200
"""The most that the server sends at once (`maxPageSize`, backend/src/apiserver/list/list.go)."""
_NEWEST_FIRST = "created_at desc"


class _Client(kfp.Client):
    def get_kfp_healthz(self, sleep_duration: int = 5) -> Any:
        """Asks once; the parent asks five times before it gives up on a token that is wrong.

        Raises UserError if what answers is a page, as of a login, which the client takes for
        nothing: the server always says `multi_user` (`healthzResponse` of its main.go).
        """
        health = self._healthz_api.healthz_service_get_healthz()
        if health.multi_user is None:
            raise UserError(
                f"{self._uihost} answers with a page, perhaps of a login, and not as Kubeflow "
                f"Pipelines does; put its cookies into {COOKIES}, or see kubeflow.endpoint"
            )
        return health


class KubeflowService(Service):
    """Submits to the API server at `kubeflow.endpoint`."""

    def __init__(self, options: KubeflowOptions, *, answer_s: float = ANSWER_S):
        """Connects to nothing yet; raises UserError if the options do not say where to."""
        require(options, "endpoint")
        if options.certificates and not Path(options.certificates).is_file():
            raise UserError(f"kubeflow.certificates: there is no file {options.certificates}")
        self._options = options
        super().__init__(f"Kubeflow Pipelines at {options.endpoint}", answer_s)

    def _submit(self, submission: Submission) -> str:
        client = self._client()
        run = client.run_pipeline(
            job_name=f"{PIPELINE_NAME} {datetime.now():%Y-%m-%d %H:%M:%S}",
            **self._arguments(client, submission),
        )
        return str(run.run_id)

    def _schedule(self, submission: Submission, cron: str) -> str:
        client = self._client()
        recurring = client.create_recurring_run(
            job_name=PIPELINE_NAME,
            cron_expression=f"0 {cron}",  # it counts seconds, too
            no_catchup=True,
            **self._arguments(client, submission),
        )
        return str(recurring.recurring_run_id)

    def _state(self, run_id: str) -> RunState:
        client = self._client()
        run = client.get_run(run_id)
        details = _details(run)
        names = step_names(_pipeline_spec(client, run))
        why = reasons(details, names)
        if run.error:  # the server could not read what it keeps of the run
            why[""] = run.error.message
        return RunState(state_word(run.state), step_states(details, names), why)

    def _runs(self, limit: int) -> list[SubmittedRun]:
        client = self._client()
        runs = _pages(client.list_runs, "runs", limit, self._experiment(client))
        return [SubmittedRun(run.run_id, state_word(run.state), run.created_at) for run in runs]

    def _cancel(self, run_id: str) -> None:
        self._client().terminate_run(run_id)

    def _retry(self, run_id: str) -> str:
        # kfp's client has no method of its own for this.
        self._client().runs.run_service_retry_run(run_id=run_id)
        return run_id

    def _log(self, run_id: str, step: str) -> str:
        client = self._client()
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
        pipeline, version = upload_version(self._client(), file, self._options.namespace)
        page = f"{self._options.endpoint}/#/pipelines/details/{pipeline}/version/{version}"
        return Version(version, page)

    def _schedules(self) -> list[Schedule]:
        client = self._client()
        experiment = self._experiment(client)
        return [
            Schedule(
                recurring.recurring_run_id,
                recurring.trigger.cron_schedule.cron if recurring.trigger.cron_schedule else "",
                "active" if recurring.status == "ENABLED" else "paused",
                recurring.created_at,
            )
            for recurring in _pages(client.list_recurring_runs, "recurring_runs", None, experiment)
        ]

    def _change_schedule(self, schedule_id: str, change: Change) -> None:
        client = self._client()
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
        return f"{self._options.endpoint}/#/runs/details/{run_id}"

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

    def _client(self) -> kfp.Client:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # that it is for version 2 alone
            client = _Client(
                host=self._options.endpoint,
                namespace=self._options.namespace or "kubeflow",
                existing_token=os.environ.get(TOKEN),
                cookies=os.environ.get(COOKIES),
                ssl_ca_cert=self._options.certificates,
            )
        if self._options.namespace:  # without one the client has asked already
            client.get_kfp_healthz()
        return client

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
            key = "certificates" if isinstance(cause, urllib3.exceptions.SSLError) else "endpoint"
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
        return str(body.get("message") or body.get("error") or error.reason)
    except (TypeError, ValueError, AttributeError):
        return f"{error.status} {error.reason}"
