"""Vertex AI Pipelines, through google-cloud-aiplatform."""

import contextlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import google.auth
from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request
from google.cloud import aiplatform
from google.cloud.aiplatform_v1 import PipelineServiceClient

from kubeflow.containers import require
from kubeflow.service import (
    ANSWER_S,
    Change,
    RunState,
    Schedule,
    Service,
    Submission,
    SubmittedRun,
    T,
    Version,
    one_line,
    state_word,
)
from pipeline.config.config import PIPELINE_NAME
from pipeline.config.kubeflow import KubeflowOptions
from vocabulary.errors import UserError

_SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
_LOG_IN = (
    "run gcloud auth application-default login, or let GOOGLE_APPLICATION_CREDENTIALS name a "
    "service account's key"
)
_OURS = f'display_name="{PIPELINE_NAME}"'
_NEWEST_FIRST = "create_time desc"
_PAGE = 100


class VertexService(Service):
    """Submits to a project and region, with the credentials that Google's libraries find."""

    def __init__(self, options: KubeflowOptions, *, answer_s: float = ANSWER_S):
        """Finds credentials; connects to nothing yet.

        Raises UserError if there are none, or the options do not say where to.
        """
        require(options, "project", "region")
        self._options = options
        super().__init__(f"Vertex AI in {options.region}", answer_s)
        with self._sentences():
            self._credentials, _ = google.auth.default(scopes=_SCOPES)
            aiplatform.init(
                project=options.project,
                location=options.region,
                api_endpoint=options.endpoint,
                credentials=self._credentials,
            )

    def _submit(self, submission: Submission) -> str:
        job = self._job(submission)
        job.submit(service_account=self._options.service_account, network=self._options.network)
        return str(job.job_id)

    def _schedule(self, submission: Submission, cron: str) -> str:
        schedule = self._job(submission).create_schedule(
            cron=cron,
            display_name=PIPELINE_NAME,
            service_account=self._options.service_account,
            network=self._options.network,
        )
        return str(schedule.name)

    def _state(self, run_id: str) -> RunState:
        job = aiplatform.PipelineJob.get(run_id)
        details = [task for task in job.task_details if task.task_name != run_id]
        why = {task.task_name: task.error.message for task in details if task.error.message}
        if job.gca_resource.error.message:
            why[""] = job.gca_resource.error.message
        return RunState(
            state=state_word(job.gca_resource.state.name),
            tasks={task.task_name: state_word(task.state.name) for task in details},
            why=why,
        )

    def _runs(self, limit: int) -> list[SubmittedRun]:
        # PipelineJob.list() asks for every job that there is, and sorts them itself.
        client = PipelineServiceClient(
            credentials=self._credentials,
            client_options=aiplatform.initializer.global_config.get_client_options(),
        )
        jobs = client.list_pipeline_jobs(
            {
                "parent": f"projects/{self._options.project}/locations/{self._options.region}",
                "filter": _OURS,
                "order_by": _NEWEST_FIRST,
                "page_size": min(limit, _PAGE),
                "read_mask": {"paths": ["name", "state", "create_time"]},
            }
        )
        return [
            SubmittedRun(job.name.rpartition("/")[2], state_word(job.state.name), job.create_time)
            for job in islice(jobs, limit)
        ]

    def _cancel(self, run_id: str) -> None:
        aiplatform.PipelineJob.get(run_id).cancel()

    def _retry(self, run_id: str) -> str:
        # Vertex goes on with no run: a new one takes from the cache what has succeeded.
        job = aiplatform.PipelineJob.get(run_id)
        # clone() fails on a job that has a key unless it is told the key.
        key = job.gca_resource.encryption_spec.kms_key_name or None
        again = job.clone(encryption_spec_key_name=key)
        again.submit(service_account=self._options.service_account, network=self._options.network)
        return str(again.job_id)

    def _log(self, run_id: str, step: str) -> str:
        job = aiplatform.PipelineJob.get(run_id)
        details = {task.task_name: task.executor_detail for task in job.task_details}
        details.pop(run_id, None)
        if step not in details:
            raise UserError(
                f"the run {run_id} has begun no step {step}; begun are: {', '.join(details)}"
            )
        name = details[step].container_detail.main_job or details[step].custom_job_detail.job
        if not name:
            raise UserError(f"{step} had no job of its own, so there is no log of it")
        query = f'resource.type="ml_job" AND resource.labels.job_id="{name.rpartition("/")[2]}"'
        raise UserError(
            f"Vertex AI hands out no logs, Cloud Logging has them: gcloud logging read '{query}' "
            f"--project {self._options.project} --order asc --format 'value(textPayload)'"
        )

    def _upload(self, file: Path) -> Version:
        raise UserError("Vertex AI keeps runs and schedules, but no pipelines; see digits submit")

    def _schedules(self) -> list[Schedule]:
        schedules = aiplatform.PipelineJobSchedule.list(filter=_OURS, order_by=_NEWEST_FIRST)
        return [
            Schedule(
                schedule.name,
                schedule.gca_resource.cron,
                schedule.gca_resource.state.name.lower(),
                schedule.create_time,
            )
            for schedule in schedules
        ]

    def _change_schedule(self, schedule_id: str, change: Change) -> None:
        schedule = aiplatform.PipelineJobSchedule.get(schedule_id)
        changes = {
            "pause": schedule.pause,
            "resume": schedule.resume,
            "delete": schedule.delete,
        }
        changes[change]()

    def page(self, run_id: str) -> str:
        """See `Service`."""
        return (
            f"https://console.cloud.google.com/vertex-ai/locations/{self._options.region}/pipelines"
            f"/runs/{run_id}?project={self._options.project}"
        )

    def _job(self, submission: Submission) -> aiplatform.PipelineJob:
        return aiplatform.PipelineJob(
            display_name=PIPELINE_NAME,
            template_path=str(submission.file),
            parameter_values=dict(submission.values),
            # True would also cache what must not be: the champion.
            enable_caching=None if submission.cache else False,
            labels=dict(self._options.labels),
            failure_policy=self._options.failure_policy,
            encryption_spec_key_name=self._options.encryption_key,
        )

    def _ask(self, ask: Callable[[], T]) -> T:
        def logged_in() -> T:
            # In gRPC's hands a login that has expired is a service that is not available.
            if not self._credentials.valid:
                self._credentials.refresh(Request())
            return ask()

        return super()._ask(logged_in)

    @contextlib.contextmanager
    def _sentences(self) -> Iterator[None]:
        where = f"Vertex AI in {self._options.project}, {self._options.region}"
        try:
            yield
        except TransportError as error:
            raise UserError(f"Google's accounts cannot be reached: {_first(error)}") from error
        except GoogleAuthError as error:  # none, of no use, or expired
            raise UserError(
                f"the credentials for Google Cloud do not work: {_first(error)}; {_LOG_IN}"
            ) from error
        except (exceptions.Unauthenticated, exceptions.PermissionDenied) as error:
            raise UserError(
                f"{where} refuses these credentials: {one_line(error.message)}; {_LOG_IN}"
            ) from error
        except exceptions.ServiceUnavailable as error:
            raise UserError(
                f"{where} cannot be reached: {one_line(error.message)}; see kubeflow.region and "
                f"kubeflow.endpoint"
            ) from error
        except exceptions.NotFound as error:
            raise UserError(f"{where} has no such thing: {one_line(error.message)}") from error
        except exceptions.GoogleAPICallError as error:
            raise UserError(f"{where} refuses: {one_line(error.message)}") from error
        except ValueError as error:  # of the client, before it asks: no such region
            raise UserError(f"{where}: {_first(error)}") from error


def _first(error: Exception) -> str:
    """What an error says, in one line; Google's have a dictionary after it."""
    return str(error.args[0] if error.args else error).partition("\n")[0]
