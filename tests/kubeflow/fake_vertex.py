"""A stand-in for Vertex AI's API on loopback: gRPC with TLS, as the real client speaks it."""

import datetime
import json
import threading
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.cloud.aiplatform_v1.types import (
    PipelineJob,
    PipelineState,
    PipelineTaskDetail,
    Schedule,
    pipeline_service,
    schedule_service,
)
from google.longrunning.operations_pb2 import Operation
from google.protobuf.empty_pb2 import Empty

PIPELINES = "google.cloud.aiplatform.v1.PipelineService"
SCHEDULES = "google.cloud.aiplatform.v1.ScheduleService"
Task = PipelineTaskDetail.State
PAGE = 100
"""How much of a list is sent at once."""


class FakeVertex(grpc.GenericRpcHandler):
    """Keeps each request with the token that it came with, and answers as told.

    Attributes:
        requests: in order.
        tokens: of `authorization`, likewise.
        refusal: a status and sentence with which everything is answered, if set.
        story: the states of a run, one for each time it is asked for; the last one stays.
        jobs: what it keeps of runs, by name.
        schedules: what it keeps of schedules, by name.
    """

    def __init__(self, key: bytes, certificate: bytes):
        self.requests: list[Any] = []
        self.tokens: list[str] = []
        self.refusal: tuple[grpc.StatusCode, str] | None = None
        self.story = [PipelineState.PIPELINE_STATE_SUCCEEDED]
        self.jobs: dict[str, PipelineJob] = {}
        self.schedules: dict[str, Schedule] = {}
        self._server = grpc.server(futures.ThreadPoolExecutor(2), handlers=[self])
        credentials = grpc.ssl_server_credentials([(key, certificate)])
        port = self._server.add_secure_port("localhost:0", credentials)
        self.endpoint = f"localhost:{port}"
        self._server.start()

    def stop(self) -> None:
        self._server.stop(None).wait()

    def service(self, call: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        known = {
            f"/{PIPELINES}/CreatePipelineJob": (
                self._create_job,
                pipeline_service.CreatePipelineJobRequest,
            ),
            f"/{PIPELINES}/GetPipelineJob": (self._job, pipeline_service.GetPipelineJobRequest),
            f"/{PIPELINES}/ListPipelineJobs": (
                self._list_jobs,
                pipeline_service.ListPipelineJobsRequest,
            ),
            f"/{PIPELINES}/CancelPipelineJob": (
                self._cancel_job,
                pipeline_service.CancelPipelineJobRequest,
            ),
            f"/{SCHEDULES}/CreateSchedule": (
                self._create_schedule,
                schedule_service.CreateScheduleRequest,
            ),
            f"/{SCHEDULES}/GetSchedule": (self._schedule, schedule_service.GetScheduleRequest),
            f"/{SCHEDULES}/ListSchedules": (
                self._list_schedules,
                schedule_service.ListSchedulesRequest,
            ),
            f"/{SCHEDULES}/PauseSchedule": (
                lambda request: self._turn(request, Schedule.State.PAUSED),
                schedule_service.PauseScheduleRequest,
            ),
            f"/{SCHEDULES}/ResumeSchedule": (
                lambda request: self._turn(request, Schedule.State.ACTIVE),
                schedule_service.ResumeScheduleRequest,
            ),
            f"/{SCHEDULES}/DeleteSchedule": (
                self._delete_schedule,
                schedule_service.DeleteScheduleRequest,
            ),
        }
        if call.method not in known:
            return None
        answer, kind = known[call.method]

        def handle(request: Any, context: grpc.ServicerContext) -> Any:
            self.requests.append(request)
            self.tokens.append(dict(context.invocation_metadata()).get("authorization", ""))
            if self.refusal:
                context.abort(*self.refusal)
            return answer(request)

        return grpc.unary_unary_rpc_method_handler(
            handle,
            request_deserializer=kind.deserialize,
            response_serializer=_serialized,
        )

    def _create_job(self, request: Any) -> PipelineJob:
        job = request.pipeline_job
        job.name = f"{request.parent}/pipelineJobs/{request.pipeline_job_id}"
        job.create_time = _day(len(self.jobs))
        self.jobs[job.name] = job
        return job

    def _job(self, request: Any) -> PipelineJob:
        state = self.story.pop(0) if len(self.story) > 1 else self.story[0]
        job = PipelineJob(self.jobs.get(request.name) or {"name": request.name})
        job.state = state
        failed = state == PipelineState.PIPELINE_STATE_FAILED
        job.job_detail.task_details = [
            {"task_name": "transform", "state": Task.SUCCEEDED},
            {"task_name": "trainer", "state": Task.FAILED if failed else Task.RUNNING},
        ]
        job.job_detail.task_details[
            1
        ].executor_detail.container_detail.main_job = (
            "projects/12345/locations/europe-west4/customJobs/678"
        )
        if failed:
            job.job_detail.task_details[1].error = {"message": "out of memory"}
        return job

    def _list_jobs(self, request: Any) -> Any:
        """A page of the jobs, which are sorted as ListPipelineJobsRequest says."""
        assert request.order_by in ("", "create_time desc")
        newest = sorted(self.jobs.values(), key=lambda job: job.create_time, reverse=True)
        first = int(request.page_token or 0)
        end = first + min(request.page_size or PAGE, PAGE)
        return pipeline_service.ListPipelineJobsResponse(
            pipeline_jobs=[{**_brief(job), "state": self.story[0]} for job in newest[first:end]],
            next_page_token=str(end) if end < len(newest) else "",
        )

    def _cancel_job(self, request: Any) -> Empty:
        self.story = [PipelineState.PIPELINE_STATE_CANCELLING]
        return Empty()

    def _create_schedule(self, request: Any) -> Schedule:
        schedule = request.schedule
        schedule.name = f"{request.parent}/schedules/{42 + len(self.schedules)}"
        schedule.state = Schedule.State.ACTIVE
        schedule.create_time = _day(len(self.schedules))
        self.schedules[schedule.name] = schedule
        return schedule

    def _schedule(self, request: Any) -> Schedule:
        return self.schedules[request.name]

    def _list_schedules(self, request: Any) -> Any:
        return schedule_service.ListSchedulesResponse(schedules=list(self.schedules.values()))

    def _turn(self, request: Any, state: Any) -> Empty:
        self.schedules[request.name].state = state
        return Empty()

    def _delete_schedule(self, request: Any) -> Operation:
        del self.schedules[request.name]
        operation = Operation(name=f"{request.name}/operations/1", done=True)
        operation.response.Pack(Empty())
        return operation


def _brief(job: PipelineJob) -> dict[str, Any]:
    """The fields of a job that a list has, of those in the client's read mask."""
    return {"name": job.name, "display_name": job.display_name, "create_time": job.create_time}


def _day(number: int) -> datetime.datetime:
    return datetime.datetime(2026, 1, 1 + number, tzinfo=datetime.UTC)


def _serialized(message: Any) -> bytes:
    if isinstance(message, Empty | Operation):  # plain protobuf
        return message.SerializeToString()
    return type(message).serialize(message)


class FakeGoogle:
    """The rest of Google on loopback: gives tokens, and a Cloud Storage that lets nobody in.

    Vertex's client looks for the bucket first and submits whatever it hears, but looks for two
    minutes where it hears nothing.

    Attributes:
        logins: whether it gives tokens; if not, as for a login that has expired.
    """

    def __init__(self) -> None:
        self.logins = True
        google = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(403, {"error": {"message": "no"}})

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                if google.logins:
                    self.answer(200, {"access_token": "token", "expires_in": 3600})
                else:
                    reason = "Token has been expired or revoked."
                    self.answer(400, {"error": "invalid_grant", "error_description": reason})

            def answer(self, status: int, body: Any) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("localhost", 0), Handler)
        self.address = f"http://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def write_service_account(self, path: Path, key: bytes) -> None:
        """A key file as Google gives it to a service account."""
        account = {
            "type": "service_account",
            "project_id": "project",
            "private_key_id": "1",
            "private_key": key.decode(),
            "client_email": "digits@project.iam.gserviceaccount.com",
            "token_uri": f"{self.address}/token",
        }
        path.write_text(json.dumps(account))


def certify(folder: Path) -> tuple[bytes, bytes]:
    """A private key and a certificate for localhost, in PEM; the latter is written, too."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "roots.pem").write_bytes(public)
    return secret, public
