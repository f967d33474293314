"""Open-source Kubeflow Pipelines, through kfp's client."""

import contextlib
import json
import os
import ssl
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
    one_line,
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
    """Takes nothing but an object for an answer; the parent takes all else for an empty one."""

    def __init__(self, **arguments: Any):
        super().__init__(**arguments)
        api: Any = self.runs.api_client
        self._deserialize = api.deserialize
        api.deserialize = self._read

    def _read(self, response: Any, kind: Any) -> Any:
        if not _is_object(response.data):
            raise self._page_instead()
        return self._deserialize(response, kind)

    def get_kfp_healthz(self, sleep_duration: int = 5) -> Any:
        """Asks once; the parent asks five times before it gives up on a token that is wrong.

        Raises UserError if it is not the server that answers, which always says `multi_user`
        (`healthzResponse` of its main.go).
        """
        health = self._healthz_api.healthz_service_get_healthz()
        if health.multi_user is not None:
            return health
        if _is_object(self._healthz_api.api_client.last_response.data):  # of the pages' server
            raise UserError(
                f"{self._uihost} answers, but no API server of Kubeflow Pipelines behind it; try "
                f"again, or see kubeflow.endpoint"
            )
        raise self._page_instead()

    def _page_instead(self) -> UserError:
        return UserError(
            f"{self._uihost} answers with a page, perhaps of a login, and not as Kubeflow "
            f"Pipelines does; put its cookies into {COOKIES}, or see kubeflow.endpoint"
        )


class KubeflowService(Service):
    """Submits to the API server at `kubeflow.endpoint`."""

    def __init__(self, options: KubeflowOptions, *, answer_s: float = ANSWER_S):
        """Connects to nothing yet; raises UserError if the options do not say where to."""
        require(options, "endpoint")
        if options.certificates:
            _require_certificates(options.certificates)
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
        if run.error:
            raise UserError(f"{self._name} cannot read the run {run_id}: {run.error.message}")
        details = _details(run)
        names = step_names(_pipeline_spec(client, run))
        return RunState(state_word(run.state), step_states(details, names), reasons(details, names))

    def _runs(self, limit: int) -> list[SubmittedRun]:
        client = self._client()
        runs = _pages(client.list_runs, "runs", limit, self._experiment(client))
        return [
            SubmittedRun(run.run_id, _state(run, state_word(run.state)), run.created_at)
            for run in runs
        ]

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
        return Version(version, self._page(f"pipelines/details/{pipeline}/version/{version}"))

    def _schedules(self) -> list[Schedule]:
        client = self._client()
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

    def _client(self) -> kfp.Client:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # that it is for version 2 alone
            return _Client(
                host=self._options.endpoint,
                namespace=self._options.namespace or "kubeflow",
                existing_token=_secret(TOKEN),
                cookies=_secret(COOKIES),
                ssl_ca_cert=self._options.certificates,
            )

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


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


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


def _secret(variable: str) -> str | None:
    """What an environment variable holds, if it can be sent; the client would print it if not.

    Raises UserError if it cannot.
    """
    value = os.environ.get(variable, "").strip()
    if not value.isprintable() or not value.isascii():
        raise UserError(
            f"{variable} has a line break or another character that is in no token and no cookie"
        )
    return value or None


def _require_certificates(file: str) -> None:
    try:
        ssl.create_default_context(cafile=file)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UserError(f"kubeflow.certificates: there is no file {file}") from error
    except ssl.SSLError as error:
        raise UserError(f"kubeflow.certificates: {file} holds no certificates in PEM") from error


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
