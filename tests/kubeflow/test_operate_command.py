"""`digits runs --target`, `cancel`, `retry` and `schedules`, against a server of our own."""

import json
from collections.abc import Callable, Iterator

import pytest

from kubeflow.kubeflow_service import TOKEN
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


def test_run_is_cancelled_and_retried(server: FakeKubeflow, ask: Ask) -> None:
    server.story = ["RUNNING"]
    assert ask("cancel", "r1").stdout == "r1 is cancelling\n"
    server.story = ["FAILED"]
    assert ask("retry", "r1").stdout.splitlines() == [
        "run        r1",
        f"page       {server.endpoint}/#/runs/details/r1",
    ]


def test_schedule_is_listed_and_changed(server: FakeKubeflow, ask: Ask) -> None:
    assert ask("schedules").stdout == "s1  0 0 3 * * 1  active  2025-11-01 00:00:00 UTC\n"
    assert ask("schedules", "--pause", "s1").stdout == "s1 is paused\n"
    assert json.loads(ask("schedules", "--delete", "s1", "--json").stdout) == {
        "schedule": "s1",
        "state": "deleted",
    }
    assert server.schedules == {}
    ended = ask("schedules", "--pause", "s1", "--delete", "s1")
    assert (ended.code, ended.stderr) == (
        1,
        "digits: give one of --pause, --resume and --delete, not several\n",
    )
