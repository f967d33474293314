"""What Vertex AI is asked, seen from a server of our own, and what is said if it fails."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.cloud.aiplatform_v1.types import PipelineState

from kubeflow import service as services
from kubeflow.service import Submission, wait_for_end
from kubeflow.vertex_service import VertexService
from tests.kubeflow.fake_vertex import FakeGoogle, FakeVertex, certify
from vocabulary.errors import UserError

pytestmark = pytest.mark.slow
NETWORK = "projects/12345/global/networks/private"
KEY = "projects/project/locations/europe-west4/keyRings/ring/cryptoKeys/key"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[bytes, bytes]]:
    """A certificate that gRPC trusts: it reads the variable once in a process."""
    folder = tmp_path_factory.mktemp("keys")
    pair = certify(folder)
    os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = str(folder / "roots.pem")
    yield pair
    del os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"]


@pytest.fixture
def google(
    keys: tuple[bytes, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeGoogle]:
    server = FakeGoogle()
    server.write_service_account(tmp_path / "account.json", keys[0])
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "account.json"))
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.address)
    yield server
    server.stop()


@pytest.fixture
def vertex(keys: tuple[bytes, bytes], google: FakeGoogle) -> Iterator[FakeVertex]:
    server = FakeVertex(*keys)
    yield server
    server.stop()


@pytest.fixture
def submission(compile_for: Any, tmp_path: Path) -> Submission:
    file = tmp_path / "digits.json"
    file.write_text(compile_for("vertex").text())
    return Submission(file, {"training_epochs": 3}, cache=True)


@pytest.fixture
def client(vertex: FakeVertex, configure: Any) -> VertexService:
    return connect(vertex.endpoint, configure)


def connect(endpoint: str, configure: Any, answer_s: float = 60) -> VertexService:
    config = configure(
        "kubeflow.project=project",
        "kubeflow.region=europe-west4",
        f"kubeflow.endpoint={endpoint}",
        "kubeflow.service_account=runner@project.iam.gserviceaccount.com",
        "kubeflow.labels={team: digits}",
        f"kubeflow.network={NETWORK}",
        f"kubeflow.encryption_key={KEY}",
        "kubeflow.failure_policy=fast",
    )
    return VertexService(config.kubeflow, answer_s=answer_s)


def test_run_is_submitted_with_parameters_labels_and_account(
    vertex: FakeVertex, client: VertexService, submission: Submission
) -> None:
    run_id = client.submit(submission)
    (request,) = vertex.requests
    assert vertex.tokens[0].startswith("Bearer ")
    assert request.parent == "projects/project/locations/europe-west4"
    assert request.pipeline_job_id == run_id
    assert run_id in client.page(run_id)
    job = request.pipeline_job
    assert dict(job.runtime_config.parameter_values) == {"training_epochs": 3}
    assert job.runtime_config.gcs_output_directory == "gs://bucket/root"
    assert dict(job.labels)["team"] == "digits"
    assert job.service_account == "runner@project.iam.gserviceaccount.com"
    compiled = json.loads(submission.file.read_text())["pipelineSpec"]
    assert caching(job) == {
        name: task["cachingOptions"]["enableCache"]
        for name, task in compiled["root"]["dag"]["tasks"].items()
    }


def test_run_and_schedule_have_the_network_key_and_failure_policy(
    vertex: FakeVertex, client: VertexService, submission: Submission
) -> None:
    client.submit(submission)
    client.schedule(submission, "0 3 * * 1")
    run, schedule = vertex.requests
    for job in (run.pipeline_job, schedule.schedule.create_pipeline_job_request.pipeline_job):
        assert job.network == NETWORK
        assert job.encryption_spec.kms_key_name == KEY
        policy = job.runtime_config.failure_policy
        assert policy.name == "PIPELINE_FAILURE_POLICY_FAIL_FAST"


def test_without_cache_no_task_may_take_from_it(
    vertex: FakeVertex, client: VertexService, submission: Submission
) -> None:
    client.submit(Submission(submission.file, {}, cache=False))
    assert set(caching(vertex.requests[0].pipeline_job).values()) == {False}


def caching(job: Any) -> dict[str, bool]:
    tasks = type(job).to_dict(job)["pipeline_spec"]["root"]["dag"]["tasks"]
    return {name: task["cachingOptions"].get("enableCache", False) for name, task in tasks.items()}


def test_schedule_runs_the_same_job(
    vertex: FakeVertex, client: VertexService, submission: Submission
) -> None:
    assert client.schedule(submission, "0 3 * * 1") == "42"
    schedule = vertex.requests[0].schedule
    assert schedule.cron == "0 3 * * 1"
    job = schedule.create_pipeline_job_request.pipeline_job
    assert dict(job.runtime_config.parameter_values) == {"training_epochs": 3}
    assert job.service_account == "runner@project.iam.gserviceaccount.com"


def test_state_names_the_task_that_failed_and_why(vertex: FakeVertex, client: Any) -> None:
    vertex.story = [PipelineState.PIPELINE_STATE_FAILED]
    state = client.state("digits-1")
    assert vertex.requests[0].name.endswith("/pipelineJobs/digits-1")
    assert (state.state, state.ended) == ("failed", True)
    assert state.tasks == {"transform": "succeeded", "trainer": "failed"}
    assert state.why == {"trainer": "out of memory"}


def test_log_is_said_to_be_where_it_is(vertex: FakeVertex, client: VertexService) -> None:
    with pytest.raises(UserError) as caught:
        client.log("digits-1", "trainer")
    assert str(caught.value) == (
        "Vertex AI hands out no logs, Cloud Logging has them: gcloud logging read "
        """'resource.type="ml_job" AND resource.labels.job_id="678"' """
        "--project project --order asc --format 'value(textPayload)'"
    )
    with pytest.raises(UserError, match=r"^transform had no job of its own, so there is no log"):
        client.log("digits-1", "transform")
    with pytest.raises(UserError, match=r"^the run digits-1 has begun no step pusher; begun are"):
        client.log("digits-1", "pusher")


def test_pipelines_are_not_kept(client: VertexService, submission: Submission) -> None:
    with pytest.raises(UserError, match=r"^Vertex AI keeps runs and schedules, but no pipelines; "):
        client.upload(submission.file)


def test_runs_are_listed_newest_first(
    vertex: FakeVertex, client: VertexService, submission: Submission
) -> None:
    submitted = [client.submit(submission)]
    job = next(iter(vertex.jobs.values()))
    for day in (3, 2):
        older = type(job)(name=f"{job.name}{day}", display_name="digits")
        older.create_time = datetime(2025, 12, day, tzinfo=UTC)
        vertex.jobs[older.name] = older
    runs = client.runs(limit=2)
    assert [run.run for run in runs] == [submitted[0], f"{submitted[0]}3"]
    assert (runs[0].state, runs[0].created) == ("succeeded", datetime(2026, 1, 1, tzinfo=UTC))
    assert vertex.requests[-1].filter == 'display_name="digits"'
    del vertex.requests[:]
    for number in range(250):
        older = type(job)(name=f"{job.name}-{number}", create_time=datetime(2025, 1, 1, tzinfo=UTC))
        vertex.jobs[older.name] = older
    assert len(client.runs(limit=20)) == 20
    assert len(vertex.requests) == 1
    assert len(client.runs(limit=1000)) == 253


def test_run_is_cancelled_once(vertex: FakeVertex, client: VertexService) -> None:
    vertex.story = [PipelineState.PIPELINE_STATE_RUNNING]
    client.cancel("digits-1")
    assert type(vertex.requests[-1]).__name__ == "CancelPipelineJobRequest"
    assert client.state("digits-1").state == "cancelling"
    vertex.story = [PipelineState.PIPELINE_STATE_CANCELLED]
    with pytest.raises(UserError, match=r"^the run digits-1 has ended \(cancelled\); there is"):
        client.cancel("digits-1")


def test_run_that_failed_is_run_anew(
    vertex: FakeVertex, client: VertexService, submission: Submission
) -> None:
    failed = client.submit(submission)
    vertex.story = [PipelineState.PIPELINE_STATE_FAILED]
    retried = client.retry(failed)
    assert retried != failed
    first, second = (job for job in vertex.jobs.values())
    assert second.name.endswith(f"/pipelineJobs/{retried}")
    copied = ("pipeline_spec", "runtime_config", "labels", "display_name", "service_account")
    for same in (*copied, "network", "encryption_spec"):
        assert getattr(second, same) == getattr(first, same), same


def test_schedules_are_listed_paused_resumed_and_deleted(
    vertex: FakeVertex, client: VertexService, submission: Submission
) -> None:
    client.schedule(submission, "0 3 * * 1")
    client.schedule(submission, "0 4 * * 1")
    client.change_schedule("42", "pause")
    newest, oldest = client.schedules()
    assert (newest.schedule, newest.cron, newest.state) == ("43", "0 4 * * 1", "active")
    assert (oldest.schedule, oldest.state) == ("42", "paused")
    client.change_schedule("42", "resume")
    assert client.schedules()[1].state == "active"
    client.change_schedule("42", "delete")
    assert [schedule.schedule for schedule in client.schedules()] == ["43"]


def test_waiting_ends_with_the_run(
    vertex: FakeVertex, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "POLL_S", 0.01)
    vertex.story = [
        PipelineState.PIPELINE_STATE_PENDING,
        PipelineState.PIPELINE_STATE_RUNNING,
        PipelineState.PIPELINE_STATE_CANCELLED,
    ]
    told: list[tuple[str, str]] = []
    state = wait_for_end(client, "digits-1", tell=lambda *say: told.append(say), limit=None)
    assert state.state == "cancelled"
    assert told == [("transform", "succeeded"), ("trainer", "running")]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (
            (grpc.StatusCode.PERMISSION_DENIED, "go away"),
            "refuses these credentials: go away; run gcloud auth",
        ),
        (
            (grpc.StatusCode.UNAUTHENTICATED, "go away"),
            "refuses these credentials: go away; run gcloud auth",
        ),
        (
            (grpc.StatusCode.INVALID_ARGUMENT, "go\naway"),
            "Vertex AI in project, europe-west4 refuses: go away",
        ),
        (
            (grpc.StatusCode.NOT_FOUND, "go away"),
            "Vertex AI in project, europe-west4 has no such thing: go",
        ),
    ],
)
def test_refusal_is_a_sentence(
    status: tuple[grpc.StatusCode, str],
    sentence: str,
    vertex: FakeVertex,
    client: VertexService,
    submission: Submission,
) -> None:
    vertex.refusal = status
    with pytest.raises(UserError, match=sentence) as caught:
        client.submit(submission)
    assert "\n" not in str(caught.value)


def test_server_that_is_down_is_a_sentence(
    vertex: FakeVertex, client: VertexService, submission: Submission
) -> None:
    vertex.stop()
    with pytest.raises(
        UserError, match=r"cannot be reached: .*; see kubeflow.region and"
    ) as caught:
        client.submit(submission)
    assert "\n" not in str(caught.value)


def test_server_that_is_silent_is_a_sentence(vertex: FakeVertex, configure: Any) -> None:
    import socket

    with socket.create_server(("localhost", 0)) as silent:
        service = connect(f"localhost:{silent.getsockname()[1]}", configure, answer_s=0.5)
        with pytest.raises(UserError, match=r"in europe-west4 has not answered in 0.5 s; try"):
            service.state("digits-1")


def test_credentials_that_are_none_are_a_sentence(
    vertex: FakeVertex, configure: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "gone.json"))
    with pytest.raises(UserError, match=r"credentials for Google Cloud do not work: .*gone.json"):
        connect(vertex.endpoint, configure)


def test_login_that_has_expired_is_a_sentence(
    vertex: FakeVertex, google: FakeGoogle, client: VertexService
) -> None:
    google.logins = False
    with pytest.raises(UserError) as caught:
        client.state("digits-1")
    assert str(caught.value).startswith(
        "the credentials for Google Cloud do not work: invalid_grant: Token has been expired or "
        "revoked.; run gcloud auth application-default login"
    )
    assert vertex.requests == []


def test_accounts_that_cannot_be_reached_are_a_sentence(
    google: FakeGoogle, client: VertexService
) -> None:
    google.stop()
    with pytest.raises(UserError, match="Google's accounts cannot be reached: ") as caught:
        client.state("digits-1")
    assert "\n" not in str(caught.value)


def test_region_that_there_is_not_is_a_sentence(google: FakeGoogle, configure: Any) -> None:
    options = configure("kubeflow.project=project", "kubeflow.region=mars").kubeflow
    with pytest.raises(UserError, match=r"Vertex AI in project, mars: .*region") as caught:
        VertexService(options)
    assert "\n" not in str(caught.value)


def test_network_and_key_have_whole_names(configure: Any) -> None:
    with pytest.raises(UserError, match=r'kubeflow.network is "private": '):
        configure("kubeflow.network=private")
    with pytest.raises(UserError, match=r'kubeflow.encryption_key is "key": '):
        configure("kubeflow.encryption_key=key")


def test_project_must_be_named(configure: Any) -> None:
    with pytest.raises(UserError, match=r"kubeflow.project is not set; name it in the config"):
        VertexService(configure().kubeflow)
