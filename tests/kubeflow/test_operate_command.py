"""`digits cancel`, `retry`, `logs`, `upload`, `schedules` and `runs --target`, on a stand-in."""

import json
from collections.abc import Callable, Iterator

import pytest
import yaml

from kubeflow.kubeflow_client import TOKEN
from tests.kubeflow.conformance.record import HANDOVER, recorded_nodes
from tests.kubeflow.fake_kubeflow import FakeKubeflow, listed_run
from tests.pipeline.digits_process import Ended, run_digits

pytestmark = pytest.mark.slow
Ask = Callable[..., Ended]


@pytest.fixture
def server() -> Iterator[FakeKubeflow]:
    fake = FakeKubeflow()
    fake.experiments = [{"display_name": "digits", "experiment_id": "e1"}]
    fake.runs = [listed_run("old", "2025-12-01T03:00:00Z", "FAILED")]
    fake.schedules = {
        "s1": {
            "recurring_run_id": "s1",
            "created_at": "2025-11-01T00:00:00Z",
            "status": "ENABLED",
            "trigger": {"cron_schedule": {"cron": "0 0 3 * * 1"}},
        }
    }
    yield fake
    fake.stop()


@pytest.fixture
def ask(server: FakeKubeflow, monkeypatch: pytest.MonkeyPatch) -> Ask:
    monkeypatch.setenv(TOKEN, "right")
    place = ("--target", "kubeflow", "--set", f"kubeflow.endpoint={server.endpoint}")
    return lambda *words: run_digits(*words, *place)


def test_runs_are_lines_of_id_state_and_time(server: FakeKubeflow, ask: Ask) -> None:
    server.runs.append(listed_run("newest", "2026-01-01T00:00:00Z"))
    assert ask("runs").stdout.splitlines() == [
        "newest  running  2026-01-01 00:00:00 UTC",
        "old     failed   2025-12-01 03:00:00 UTC",
    ]
    assert json.loads(ask("runs", "--limit", "1", "--json").stdout) == {
        "runs": [{"run": "newest", "state": "running", "created": "2026-01-01 00:00:00+00:00"}]
    }


def test_run_that_the_server_cannot_read_is_a_line(server: FakeKubeflow, ask: Ask) -> None:
    server.runs.append({"run_id": "odd", "error": {"code": 13, "message": "no pipeline"}})
    assert ask("runs").stdout.splitlines() == [
        "old  failed      2025-12-01 03:00:00 UTC",
        "odd  unreadable",
    ]
    assert json.loads(ask("runs", "--json").stdout)["runs"][1]["created"] is None


def test_nothing_submitted_is_said(server: FakeKubeflow, ask: Ask) -> None:
    server.experiments = []
    assert ask("runs").stdout == "no runs were submitted\n"
    assert ask("schedules").stdout == "there are no schedules\n"
    assert json.loads(ask("runs", "--json").stdout) == {"runs": []}


def test_options_of_a_workspace_are_refused_beside_a_target(ask: Ask) -> None:
    ended = ask("runs", "--tag", "night")
    assert ended.code == 1
    assert ended.stderr == (
        "digits: --tag is for the runs of a workspace; leave it out with --target\n"
    )


def test_place_without_a_target_is_refused() -> None:
    ended = run_digits("runs", "--set", "kubeflow.namespace=team")
    assert ended.code == 1
    assert ended.stderr == "digits: --set is for --target; give both or neither\n"


def test_run_is_cancelled_and_retried(server: FakeKubeflow, ask: Ask) -> None:
    server.story = ["RUNNING"]
    assert ask("cancel", "r1").stdout == "r1 is cancelling\n"
    server.story = ["FAILED"]
    assert ask("retry", "r1").stdout.splitlines() == [
        "run        r1",
        f"page       {server.endpoint}/#/runs/details/r1",
    ]


def test_log_of_a_step_is_printed_as_it_is(server: FakeKubeflow, ask: Ask) -> None:
    spec, platform = yaml.safe_load_all(HANDOVER.read_text())
    server.pipeline = {"pipeline_spec": spec, "platform_spec": platform}
    _, container = recorded_nodes("read")
    server.children = [container["id"]]
    server.logs[container["pod"]] = b"step 1\nstep 2\n"
    assert ask("logs", "r1", "read").stdout == "step 1\nstep 2\n"
    assert json.loads(ask("logs", "r1", "read", "--json").stdout)["log"] == "step 1\nstep 2\n"
    ended = ask("logs", "r1", "make")
    assert (ended.code, ended.stdout) == (1, "")
    assert ended.stderr == "digits: make has not begun, so there is no log of it\n"


def test_pipeline_is_uploaded_checked(server: FakeKubeflow, ask: Ask) -> None:
    places = (
        *("--set", "kubeflow.pipeline_root=minio://mlpipeline/v2"),
        *("--set", "kubeflow.push_destination=gs://bucket/serving/digits"),
    )
    ended = ask("upload", *places, "--set", "kubeflow.image=digits")
    assert "kubeflow would refuse this pipeline:" in ended.stderr
    assert server.versions == []
    ended = ask("upload", *places, "--set", "kubeflow.image=registry.example/digits:1")
    assert ended.stdout.splitlines() == [
        "version    v1",
        f"page       {server.endpoint}/#/pipelines/details/p1/version/v1",
    ]


def test_schedule_is_listed_and_changed(server: FakeKubeflow, ask: Ask) -> None:
    assert ask("schedules").stdout == "s1  0 0 3 * * 1  active  2025-11-01 00:00:00 UTC\n"
    assert ask("schedules", "--pause", "s1").stdout == "s1 is paused\n"
    assert json.loads(ask("schedules", "--delete", "s1", "--json").stdout) == {
        "schedule": "s1",
        "state": "deleted",
    }
    assert server.schedules == {}
    assert ask("schedules", "--delete", "").code == 1
    ended = ask("schedules", "--pause", "s1", "--delete", "s1")
    assert (ended.code, ended.stderr) == (
        1,
        "digits: give one of --pause, --resume and --delete, not several\n",
    )
