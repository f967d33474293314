"""What Kubeflow Pipelines is asked, seen from a server of our own, and what is said if it fails."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubeflow import service as services
from kubeflow.kubeflow_client import COOKIES, TOKEN
from kubeflow.kubeflow_service import KubeflowService
from kubeflow.service import Submission, wait_for_end
from tests.kubeflow.conformance.record import HANDOVER, recorded_nodes
from tests.kubeflow.fake_kubeflow import API, FakeKubeflow, listed_run
from tests.kubeflow.fake_vertex import certify
from vocabulary.errors import UserError

pytestmark = pytest.mark.slow


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKubeflow]:
    monkeypatch.setenv(TOKEN, "right")
    fake = FakeKubeflow()
    yield fake
    fake.stop()


@pytest.fixture
def submission(compile_for: Any, tmp_path: Path) -> Submission:
    file = tmp_path / "digits.yaml"
    file.write_text(compile_for("kubeflow", "kubeflow.labels={team: digits}").text())
    return Submission(file, {"training_epochs": 3}, cache=True)


@pytest.fixture
def client(server: FakeKubeflow, configure: Any) -> KubeflowService:
    return connect(server.endpoint, configure)


def connect(endpoint: str, configure: Any, answer_s: float = 60) -> KubeflowService:
    config = configure(
        f"kubeflow.endpoint={endpoint}",
        "kubeflow.service_account=pipeline-runner",
        "kubeflow.experiment=nightly",
        "kubeflow.pipeline_root=minio://mlpipeline/v2/artifacts",
    )
    return KubeflowService(config.kubeflow, answer_s=answer_s)


def test_run_is_submitted_with_parameters_labels_and_account(
    server: FakeKubeflow, client: KubeflowService, submission: Submission
) -> None:
    assert client.submit(submission) == "r1"
    assert client.page("r1") == f"{server.endpoint}/#/runs/details/r1"
    requests = [request for request in server.named("experiments") if request.method == "POST"]
    assert requests[0].body["display_name"] == "nightly"
    (request,) = server.named("runs")
    assert request.token == "Bearer right"
    run = request.body
    assert run["experiment_id"] == "e1"
    assert run["runtime_config"] == {
        "parameters": {"training_epochs": 3},
        "pipeline_root": "minio://mlpipeline/v2/artifacts",
    }
    assert run["service_account"] == "pipeline-runner"
    spec, platform = yaml.safe_load_all(submission.file.read_text())
    sent = run["pipeline_spec"]
    assert caching(sent["pipeline_spec"]) == caching(spec)
    assert sent["platform_spec"] == platform
    pods = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    assert pods["exec-trainer"]["podMetadata"]["labels"] == {"team": "digits"}


def test_without_cache_no_task_may_take_from_it(
    server: FakeKubeflow, client: KubeflowService, submission: Submission
) -> None:
    client.submit(Submission(submission.file, {}, cache=False))
    sent = server.named("runs")[0].body["pipeline_spec"]["pipeline_spec"]
    assert set(caching(sent).values()) == {False}


def caching(spec: dict[str, Any]) -> dict[str, bool]:
    tasks = spec["root"]["dag"]["tasks"]
    return {name: task["cachingOptions"].get("enableCache", False) for name, task in tasks.items()}


def test_schedule_is_a_recurring_run_at_second_zero(
    server: FakeKubeflow, client: KubeflowService, submission: Submission
) -> None:
    assert client.schedule(submission, "0 3 * * 1") == "s1"
    (request,) = server.named("recurringruns")
    assert request.body["trigger"] == {"cron_schedule": {"cron": "0 0 3 * * 1"}}
    assert request.body["runtime_config"]["parameters"] == {"training_epochs": 3}
    assert request.body["service_account"] == "pipeline-runner"
    assert request.body["mode"] == "ENABLE"


def test_state_names_the_steps_alone_and_whose_logs_say_why(
    server: FakeKubeflow, client: Any
) -> None:
    server.story = ["FAILED"]
    state = client.state("r1")
    assert (state.state, state.ended) == ("failed", True)
    assert list(state.tasks.items()) == [
        ("transform", "succeeded"),
        ("trainer", "failed"),
        ("pusher", "not started"),
    ]
    assert state.why == {"trainer": "its log says why, see digits logs"}


def test_steps_are_known_when_the_pipeline_has_a_platform_document(
    server: FakeKubeflow, client: Any, submission: Submission
) -> None:
    client.submit(submission)
    assert set(client.state("r1").tasks) == {"transform", "trainer", "pusher"}


def test_waiting_ends_with_a_run_that_is_cancelled(
    server: FakeKubeflow, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "POLL_S", 0.01)
    server.story = ["PENDING", "RUNNING", "RUNNING", "CANCELED"]
    told: list[tuple[str, str]] = []
    state = wait_for_end(client, "r1", tell=lambda *say: told.append(say), limit=None)
    assert state.state == "cancelled"
    assert told == [
        ("transform", "succeeded"),
        ("trainer", "pending"),
        ("trainer", "running"),
        ("trainer", "cancelled"),
    ]


def test_waiting_has_a_limit(
    server: FakeKubeflow, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "POLL_S", 0.01)
    server.story = ["RUNNING"]
    with pytest.raises(UserError, match=r"the run r1 has not ended in 0.1 s; it goes on"):
        wait_for_end(client, "r1", tell=lambda *_: None, limit=0.1)


def test_waiting_outlasts_a_server_that_starts_anew(
    server: FakeKubeflow, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "POLL_S", 0.01)
    server.story = ["RUNNING", "SUCCEEDED"]

    def tell(step: str, state: str) -> None:
        if (step, state) == ("trainer", "running"):
            server.failing = 3

    assert wait_for_end(client, "r1", tell=tell, limit=None).state == "succeeded"
    assert server.failing == 0


def test_waiting_ends_where_the_server_stays_away_or_never_answered(
    server: FakeKubeflow, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "POLL_S", 0.01)
    server.failing = 1
    with pytest.raises(UserError, match="refuses: 503 Service Unavailable"):
        wait_for_end(client, "r1", tell=lambda *_: None, limit=None)
    monkeypatch.setattr(services, "LOST_S", 0.1)
    server.story = ["RUNNING"]
    with pytest.raises(UserError, match="refuses: 503 Service Unavailable"):
        wait_for_end(client, "r1", tell=lambda *_: setattr(server, "failing", 999), limit=None)


def test_runs_are_listed_newest_first_page_by_page(
    server: FakeKubeflow, client: KubeflowService, submission: Submission
) -> None:
    client.submit(submission)
    server.most = 2
    for day in (3, 5, 4, 2):
        server.runs.append(listed_run(f"old{day}", f"2025-12-0{day}T00:00:00Z", "CANCELED"))
    runs = client.runs(limit=4)
    assert [(run.run, run.state) for run in runs] == [
        ("r1", "running"),
        ("old5", "cancelled"),
        ("old4", "cancelled"),
        ("old3", "cancelled"),
    ]
    assert f"{runs[1].created:%Y-%m-%d %Z}" == "2025-12-05 UTC"


def test_nothing_is_listed_before_there_is_an_experiment(
    server: FakeKubeflow, client: KubeflowService
) -> None:
    assert client.runs(limit=20) == []
    assert client.schedules() == []
    assert server.named("runs") == []


def test_run_is_cancelled_once(server: FakeKubeflow, client: KubeflowService) -> None:
    server.story = ["RUNNING"]
    client.cancel("r1")
    assert server.requests[-1][:2] == ("POST", f"{API}/runs/r1:terminate")
    server.story.insert(0, "CANCELING")
    with pytest.raises(UserError, match=r"^the run r1 is cancelling already$"):
        client.cancel("r1")
    assert client.state("r1").state == "cancelling"
    with pytest.raises(UserError, match=r"^the run r1 has ended \(failed\); there is nothing to"):
        client.cancel("r1")


def test_run_that_failed_goes_on(server: FakeKubeflow, client: KubeflowService) -> None:
    server.story = ["FAILED"]
    assert client.retry("r1") == "r1"
    assert server.requests[-1][:2] == ("POST", f"{API}/runs/r1:retry")
    with pytest.raises(UserError, match=r"^the run r1 is pending; only a run that failed or was"):
        client.retry("r1")


def test_schedules_are_listed_paused_resumed_and_deleted(
    server: FakeKubeflow, client: KubeflowService, submission: Submission
) -> None:
    client.schedule(submission, "0 3 * * 1")
    client.schedule(submission, "0 4 * * 1")
    client.change_schedule("s1", "pause")
    newest, oldest = client.schedules()
    assert (newest.schedule, newest.cron, newest.state) == ("s2", "0 0 4 * * 1", "active")
    assert (oldest.schedule, oldest.state) == ("s1", "paused")
    client.change_schedule("s1", "resume")
    assert client.schedules()[1].state == "active"
    client.change_schedule("s1", "delete")
    assert [schedule.schedule for schedule in client.schedules()] == ["s2"]
    with pytest.raises(UserError, match="refuses: Recurring run s1 not found"):
        client.change_schedule("s1", "pause")


def test_runs_of_a_schedule_that_is_deleted_go_on(
    server: FakeKubeflow, client: KubeflowService, submission: Submission
) -> None:
    client.change_schedule(client.schedule(submission, "0 3 * * 1"), "delete")
    assert server.requests[-1].query == {"propagation_policy": ["ORPHAN"]}


def read_story(server: FakeKubeflow) -> str:
    """A run whose nodes are called as Argo and the server call them; gives a step's pod."""
    spec, platform = yaml.safe_load_all(HANDOVER.read_text())
    server.pipeline = {"pipeline_spec": spec, "platform_spec": platform}
    driver, container = recorded_nodes("make")
    server.children = [driver["id"], container["id"]]
    return str(container["pod"])


@pytest.mark.parametrize("pages", [False, True])
def test_log_of_a_step_comes_from_either_server(
    pages: bool, server: FakeKubeflow, client: KubeflowService
) -> None:
    server.pages = pages
    server.logs[read_story(server)] = b"two words \xff\n"
    assert client.log("r1", "make") == "two words \ufffd\n"
    with pytest.raises(UserError, match=r"^there is no log of the pod digits-x7k2p-system-contai"):
        client.log("r1", "make-driver")


def test_log_that_there_cannot_be_is_a_sentence(
    server: FakeKubeflow, client: KubeflowService
) -> None:
    pod = read_story(server)
    why = rf"^there is no log of the pod {pod}: Failed to get file reader for .*; a step that was"
    with pytest.raises(UserError, match=why):
        client.log("r1", "make")
    with pytest.raises(UserError, match=r"^read has not begun, so there is no log of it$"):
        client.log("r1", "read")
    with pytest.raises(UserError, match=r"^the run r1 has no step mak; it has make, read, wh"):
        client.log("r1", "mak")


def test_pipeline_is_kept_as_one_more_version_of_the_same(
    server: FakeKubeflow, client: KubeflowService, submission: Submission
) -> None:
    version = client.upload(submission.file)
    assert version.version == "v1"
    assert version.page == f"{server.endpoint}/#/pipelines/details/p1/version/v1"
    (created,) = [request for request in server.named("pipelines") if request.method == "POST"]
    assert created.body == {"display_name": "digits"}
    assert server.versions[0]["name"].startswith("digits-2")
    (upload,) = server.named("pipelines/upload_version")
    assert "deploymentSpec:" in upload.body
    server.versions.clear()
    client.upload(submission.file)
    assert len([request for request in server.named("pipelines") if request.method == "POST"]) == 1


def test_version_that_is_refused_is_said_in_the_words_of_the_server(
    server: FakeKubeflow, client: KubeflowService, submission: Submission
) -> None:
    server.versions = [{"name": f"digits-{second:%Y%m%d-%H%M%S}"} for second in next_minute()]
    with pytest.raises(UserError, match=r"refuses: Failed to create a pipeline version$"):
        client.upload(submission.file)


def next_minute() -> list[datetime]:
    return [datetime.now() + timedelta(seconds=second) for second in range(60)]


def test_what_the_server_cannot_read_is_listed_and_is_no_state(
    server: FakeKubeflow, client: KubeflowService
) -> None:
    error = {"code": 13, "message": "Failed to parse the pipeline source"}
    server.experiments = [{"display_name": "nightly", "experiment_id": "e1"}]
    server.runs = [{"run_id": "r1", "error": error}]
    server.schedules = {"s1": {"recurring_run_id": "s1", "error": error}}
    (run,), (schedule,) = client.runs(limit=20), client.schedules()
    assert (run.run, run.state, run.created) == ("r1", "unreadable", None)
    assert (schedule.schedule, schedule.state, schedule.cron) == ("s1", "unreadable", "")
    server.unreadable = error
    with pytest.raises(UserError, match=r"cannot read the run r1: Failed to parse the pipeline"):
        client.state("r1")


@pytest.mark.parametrize("page", [b"<html>Log in</html>", b"", b"[]"])
def test_page_in_place_of_an_answer_is_no_success(
    page: bytes, server: FakeKubeflow, client: KubeflowService, submission: Submission
) -> None:
    client.submit(submission)
    server.page = page
    asked: list[Callable[[], object]] = [
        lambda: client.submit(submission),
        lambda: client.state("r1"),
        lambda: client.runs(limit=20),
        lambda: client.cancel("r1"),
        lambda: client.upload(submission.file),
        lambda: client.change_schedule("s1", "delete"),
    ]
    for ask in asked:
        with pytest.raises(UserError, match="answers with a page, perhaps of a login, and not as"):
            ask()


@pytest.mark.parametrize("variable", [TOKEN, COOKIES])
def test_secret_that_cannot_be_sent_is_not_printed(
    variable: str, client: KubeflowService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "sec\nret")
    with pytest.raises(UserError, match=rf"^{variable} has a line break or another character that"):
        client.state("r1")


def test_line_break_after_a_token_is_none_of_it(
    client: KubeflowService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, "right\n")
    assert client.state("r1").state == "succeeded"


def test_wrong_token_is_a_sentence(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "wrong")
    with pytest.raises(UserError, match=r"refuses these credentials: the token is not valid; put"):
        client.state("r1")


@pytest.mark.parametrize("status", [400, 500])
def test_refusal_is_a_sentence(
    status: int, server: FakeKubeflow, client: KubeflowService, submission: Submission
) -> None:
    server.refusal = (status, "go\naway")
    with pytest.raises(UserError, match=r"Kubeflow Pipelines at .* refuses: go away$"):
        client.submit(submission)


def test_run_that_is_not_there_is_a_sentence(client: KubeflowService) -> None:
    with pytest.raises(UserError, match=r"refuses: .*/runs/r2 was not found"):
        client.state("r2")


def test_server_that_is_down_is_a_sentence(server: FakeKubeflow, client: KubeflowService) -> None:
    server.stop()
    with pytest.raises(UserError, match=r"cannot be reached: .*; see kubeflow.endpoint") as caught:
        client.state("r1")
    assert "\n" not in str(caught.value)


def test_pages_whose_server_is_down_are_no_login(
    server: FakeKubeflow, client: KubeflowService
) -> None:
    server.ready = False
    with pytest.raises(UserError, match=r"answers, but no API server of Kubeflow Pipelines behind"):
        client.state("r1")


def test_server_that_hangs_up_is_a_sentence(server: FakeKubeflow, client: KubeflowService) -> None:
    server.hangs_up = True
    why = r"cannot be reached: Remote end closed connection without response; see kubeflow.endpoint"
    with pytest.raises(UserError, match=why):
        client.state("r1")


def test_server_without_a_certificate_is_no_matter_of_certificates(
    server: FakeKubeflow, configure: Any
) -> None:
    with pytest.raises(UserError, match=r"cannot be reached: .*SSL.*; see kubeflow.endpoint$"):
        connect(server.endpoint.replace("http:", "https:"), configure).state("r1")


def test_endpoint_may_end_with_a_slash(server: FakeKubeflow, configure: Any) -> None:
    page = connect(f"{server.endpoint}/", configure).page("r1")
    assert page == f"{server.endpoint}/#/runs/details/r1"


def test_server_that_is_silent_is_a_sentence(server: FakeKubeflow, configure: Any) -> None:
    server.silence_s = 3
    with pytest.raises(UserError, match=r"has not answered in 0.3 s; try again"):
        connect(server.endpoint, configure, answer_s=0.3).state("r1")


@pytest.mark.parametrize("namespace", ["null", "team"])
def test_login_before_the_server_wants_cookies(
    namespace: str, server: FakeKubeflow, configure: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.cookie = "oauth2_proxy=right"
    options = configure(
        f"kubeflow.endpoint={server.endpoint}", f"kubeflow.namespace={namespace}"
    ).kubeflow
    with pytest.raises(UserError, match=r"answers with a page, perhaps of a login, .*KFP_COOKIES"):
        KubeflowService(options).state("r1")
    monkeypatch.setenv(COOKIES, "oauth2_proxy=right")
    assert KubeflowService(options).state("r1").state == "succeeded"


def test_server_may_have_a_certificate_of_its_own_authority(
    tmp_path: Path, configure: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, "right")
    key, _ = certify(tmp_path)
    (tmp_path / "key.pem").write_bytes(key)
    roots = tmp_path / "roots.pem"
    server = FakeKubeflow((roots, tmp_path / "key.pem"))
    endpoint = f"kubeflow.endpoint={server.endpoint}"
    trusting = KubeflowService(configure(endpoint, f"kubeflow.certificates={roots}").kubeflow)
    assert trusting.state("r1").state == "succeeded"
    with pytest.raises(UserError, match=r"cannot be reached: .*; see kubeflow.certificates$"):
        KubeflowService(configure(endpoint).kubeflow).state("r1")
    server.stop()


def test_file_of_certificates_must_be_there(configure: Any) -> None:
    options = configure("kubeflow.endpoint=https://kfp", "kubeflow.certificates=no.pem").kubeflow
    with pytest.raises(UserError, match=r"^kubeflow.certificates: there is no file no.pem$"):
        KubeflowService(options)


@pytest.mark.parametrize(
    "text", ["", "hello", "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"]
)
def test_file_of_certificates_must_hold_some(text: str, tmp_path: Path, configure: Any) -> None:
    file = tmp_path / "roots.pem"
    file.write_text(text)
    options = configure("kubeflow.endpoint=https://kfp", f"kubeflow.certificates={file}").kubeflow
    with pytest.raises(UserError, match=r"^kubeflow.certificates: .*roots.pem holds no certif"):
        KubeflowService(options)


def test_endpoint_must_be_named(configure: Any) -> None:
    with pytest.raises(UserError, match=r"kubeflow.endpoint is not set; name it in the config"):
        KubeflowService(configure().kubeflow)
