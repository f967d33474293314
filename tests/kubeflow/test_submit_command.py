"""`digits submit` and `digits status` as a user types them, against a server of our own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kubeflow.submit_command import FollowOptions, checked_parameters, submit
from pipeline.config.file import read_config
from tests.kubeflow.fake_kubeflow import FakeKubeflow
from tests.pipeline.digits_process import PATIENCE_S, start_digits
from vocabulary.errors import UserError

DIGITS = Path(sys.executable).with_name("digits")
PLACES = (
    "kubeflow.image=registry.example/digits:1",
    "kubeflow.pipeline_root=minio://mlpipeline/v2",
    "kubeflow.push_destination=gs://bucket/serving/digits",
)
AT_ONCE = FollowOptions(wait=False, limit=None, as_json=True)


@pytest.fixture
def server() -> Iterator[FakeKubeflow]:
    fake = FakeKubeflow()
    yield fake
    fake.stop()


def digits(*arguments: str, server: FakeKubeflow) -> subprocess.CompletedProcess[str]:
    endpoint = ("--set", f"kubeflow.endpoint={server.endpoint}")
    return subprocess.run(
        [DIGITS, *arguments, "--target", "kubeflow", *endpoint],
        env={**os.environ, "KFP_TOKEN": "right"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_run_is_submitted_and_waited_for(server: FakeKubeflow, tmp_path: Path) -> None:
    places = (*PLACES, f"kubeflow.endpoint={server.endpoint}")
    sets = [word for place in places for word in ("--set", place)]
    ended = start_digits(
        *("submit", "--target", "kubeflow", *sets, "--parameter", "training.epochs=3"),
        *("--no-cache", "--wait", "--json"),
        folder=tmp_path,
        environment={"KFP_TOKEN": "right"},
    ).wait()
    assert ended.code == 0, ended.stderr
    assert json.loads(ended.stdout) == {
        "run": "r1",
        "state": "succeeded",
        "page": f"{server.endpoint}/#/runs/details/r1",
        "tasks": dict.fromkeys(("transform", "trainer", "pusher"), "succeeded"),
        "why": {},
    }
    assert ended.stderr.splitlines() == [
        "submitted r1",
        f"{server.endpoint}/#/runs/details/r1",
        "  transform            succeeded",
        "  trainer              succeeded",
        "  pusher               succeeded",
    ]
    sent = server.named("runs")[0].body
    assert sent["runtime_config"] == {
        "parameters": {"training_epochs": 3},
        "pipeline_root": "minio://mlpipeline/v2",
    }


@pytest.mark.slow
def test_interrupt_ends_the_waiting_and_says_that_the_run_goes_on(
    server: FakeKubeflow, tmp_path: Path
) -> None:
    server.story = ["RUNNING"]
    started = start_digits(
        *("status", "r1", "--wait", "--target", "kubeflow"),
        *("--set", f"kubeflow.endpoint={server.endpoint}"),
        folder=tmp_path,
        environment={"KFP_TOKEN": "right"},
    )
    deadline = time.monotonic() + PATIENCE_S
    while not server.named("runs/r1"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(int(started.process.pid or 0), signal.SIGTERM)
    ended = started.wait()
    assert ended.code == 130
    assert ended.stderr.splitlines()[-1] == (
        "digits: interrupted; the run r1 goes on, look at it with digits status"
    )


@pytest.mark.slow
def test_schedule_that_is_one_more_says_which_others_go_on(server: FakeKubeflow) -> None:
    server.experiments = [{"display_name": "digits", "experiment_id": "e1"}]
    for day, (name, status) in enumerate({"s1": "ENABLED", "s2": "DISABLED"}.items(), 1):
        created = f"2025-11-0{day}T00:00:00Z"
        schedule = {"recurring_run_id": name, "created_at": created, "status": status}
        server.schedules[name] = schedule | {"trigger": {"cron_schedule": {"cron": "0 0 3 * * 1"}}}
    places = [word for place in PLACES for word in ("--set", place)]
    ended = digits("submit", *places, "--schedule", "0 3 * * 1", server=server)
    assert (ended.returncode, ended.stdout) == (0, "schedule   s3\n")
    assert ended.stderr == "also active: s1; see digits schedules\n"


@pytest.mark.slow
def test_status_of_a_run_that_failed_is_said_and_is_not_a_success(server: FakeKubeflow) -> None:
    server.story = ["FAILED"]
    ended = digits("status", "r1", server=server)
    assert ended.returncode == 1
    assert ended.stdout.splitlines()[1] == "state      failed"
    assert ended.stderr.splitlines() == [
        "  transform            succeeded",
        "  trainer              failed",
        "  pusher               not started",
        "digits: the run r1 has failed: trainer: its log says why, see digits logs",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["training.epoch=3"], "--parameter training.epoch=3: there is no key training.epoch; did"),
        (["training.epochs=0"], "--parameter training.epochs=0: training.epochs is 0: input sho"),
        (["training.epochs=half"], '--parameter training.epochs=half: training.epochs is "half"'),
        (["splits.train=8"], "--parameter splits.train=8: training.batch_size is 64, more than"),
        (["canvas.width=99"], "--parameter canvas.width=99: canvas.width is compiled in; use"),
        (["training.epochs"], "--parameter training.epochs is not key=value; write for"),
    ],
)
def test_wrong_parameter_is_a_sentence_before_anything_is_compiled(
    arguments: list[str], sentence: str, server: FakeKubeflow
) -> None:
    parameters = [word for argument in arguments for word in ("--parameter", argument)]
    ended = digits("submit", *parameters, server=server)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"digits: {sentence}")
    assert len(ended.stderr.splitlines()) == 1
    assert server.requests == []


def test_parameters_are_named_as_in_the_compiled_pipeline(configure: Any) -> None:
    given = ["evaluation.bars.accuracy=0.5", "training.epochs=3"]
    changed = read_config(None, (), given)
    values = checked_parameters(configure(), changed, given)
    assert values == {"evaluation_bars_accuracy": 0.5, "training_epochs": 3}


def test_schedule_needs_five_fields(configure: Any) -> None:
    with pytest.raises(UserError, match="--schedule daily: not the five fields minute, hour, day"):
        submit(
            configure(*PLACES),
            "kubeflow",
            values={},
            cache=True,
            cron="daily",
            follow=AT_ONCE,
        )


@pytest.mark.slow
def test_what_would_be_refused_is_not_sent(server: FakeKubeflow, configure: Any) -> None:
    config = configure(*PLACES, f"kubeflow.endpoint={server.endpoint}", "kubeflow.image=digits")
    with pytest.raises(UserError, match="kubeflow would refuse this pipeline:\nthe image 'digits'"):
        submit(config, "kubeflow", values={}, cache=True, cron=None, follow=AT_ONCE)
    assert server.requests == []
