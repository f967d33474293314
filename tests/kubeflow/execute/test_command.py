"""`digits execute` as a user types it: every step in a process of its own."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kubeflow.spec_file import CompiledPipeline, write_whole
from tests.kubeflow.executed import compile_small
from tests.pipeline import digits_process
from tests.pipeline.digits_process import Ended, start_digits
from vocabulary.versions import versions

pytestmark = pytest.mark.slow

FIRST = "digit-example-gen"


def write(compiled: CompiledPipeline, folder: Path) -> str:
    file = folder / ("d.json" if compiled.target == "vertex" else "d.yaml")
    write_whole(file, compiled.text())
    return str(file)


def step_log(workspace: Path, task: str = FIRST) -> Path:
    (log,) = workspace.glob(f"executed/runs/*/{task}.log")
    return log


def execute(*words: str, folder: Path) -> Ended:
    """`digits execute`; each of the twelve steps loads TFX anew."""
    started = start_digits("execute", *words, folder=folder)
    started.process.join(900)
    return started.wait()


def processes_of(parent: int | None) -> Iterator[str]:
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"DIGITS_PARENT={parent}".encode() in environment.read_bytes().split(b"\0"):
                yield environment.parent.name
        except OSError:
            continue


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_compiled_file_runs_to_a_pushed_model_and_then_from_the_cache(tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    file = write(compile_small("kubeflow"), tmp_path)
    words = (file, "--workspace", str(workspace))
    ended = execute(*words, "--json", folder=tmp_path)
    assert ended.code == 0, ended.stderr
    summary: dict[str, Any] = json.loads(ended.stdout)
    assert {node["id"] for node in summary["nodes"]} == set(digits_process.COMPONENTS)
    assert summary["examples"] == {"train": 256, "eval": 64}
    assert summary["blessed"]
    assert versions(summary["serving_dir"]) == [summary["pushed_version"]]
    assert Path(summary["serving_dir"]) == workspace / "executed/volumes/models/serving/digits"
    assert "<html" in Path(summary["report"]).read_text()
    assert [line.split()[1] for line in ended.stderr.splitlines()].count("Trainer") == 1
    assert step_log(workspace, "trainer").stat().st_size > 0
    assert not (workspace / "executed/pod").exists()

    bar = ("--parameter", "evaluation.bars.accuracy=1")
    ended = execute(*words, *bar, folder=tmp_path)
    assert ended.code == 3, ended.stderr
    assert {"Trainer", "Transform"} <= {
        line.split()[1] for line in ended.stderr.splitlines() if line.endswith("cached")
    }
    assert "bar 1" in ended.stdout
    assert versions(summary["serving_dir"]) == [summary["pushed_version"]]


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_trainer_that_loses_its_machine_is_tried_again_from_its_checkpoint(tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    file = write(compile_small("kubeflow", "training.epochs=8", "kubeflow.retries=1"), tmp_path)
    words = ("execute", file, "--workspace", str(workspace), "--json")
    started = start_digits(*words, folder=tmp_path)
    deadline = time.monotonic() + 900
    checkpoints = workspace / "executed/volumes/models/serving/digits-checkpoints"
    while not list(checkpoints.glob("*/checkpoint")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (trainer,) = processes_of(started.process.pid)
    os.kill(int(trainer), signal.SIGKILL)
    started.process.join(900)
    ended = started.wait()
    assert ended.code == 0, ended.stderr
    assert "! Trainer failed: it was ended by SIGKILL; try 2 begins" in ended.stderr.splitlines()
    assert "goes on from the checkpoint of step" in step_log(workspace, "trainer").read_text()


def test_step_that_fails_ends_the_run_with_its_sentence_and_its_log(tmp_path: Path) -> None:
    compiled = compile_small("vertex", "kubeflow.retries=0")
    container = compiled.spec["deploymentSpec"]["executors"][f"exec-{FIRST}"]["container"]
    container["args"][1] = "components.digit_example_gen.component.Missing"
    workspace = tmp_path / "w"
    file = write(compiled, tmp_path)
    ended = execute(file, "--workspace", str(workspace), folder=tmp_path)
    assert (ended.code, ended.stdout) == (1, "")
    sentence, where = ended.stderr.splitlines()
    assert sentence.startswith("digits: DigitExampleGen failed: ")
    assert "Missing" in sentence
    assert where == f"Its log is {step_log(workspace)}"
    assert "Traceback" in step_log(workspace).read_text()


def test_sigterm_ends_the_step_with_the_run(tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    file = write(compile_small("vertex"), tmp_path)
    started = start_digits("execute", file, "--workspace", str(workspace), folder=tmp_path)
    pid = started.process.pid
    deadline = time.monotonic() + digits_process.PATIENCE_S
    while not list(processes_of(pid)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(pid, signal.SIGTERM)
    ended = started.wait()
    assert ended.code == 130
    assert ended.stderr.splitlines()[-1].startswith("digits: interrupted")
    time.sleep(0.2)
    assert list(processes_of(pid)) == []


@pytest.mark.parametrize(
    ("parameter", "sentence"),
    [
        ("training.epochs", "digits: --parameter training.epochs: write KEY=VALUE"),
        ("training.epoch=3", "digits: there is no parameter training_epoch; did you mean"),
        ("training.epochs=-1", "digits: training.epochs is -1: input should be greater than"),
        ("splits.train=8", "digits: training.batch_size is 32, more than"),
    ],
)
def test_wrong_parameter_is_a_sentence(parameter: str, sentence: str, tmp_path: Path) -> None:
    file = write(compile_small("vertex"), tmp_path)
    words = (file, "--workspace", str(tmp_path / "w"), "--parameter", parameter)
    ended = execute(*words, folder=tmp_path)
    assert (ended.code, ended.stdout) == (1, "")
    assert ended.stderr.startswith(sentence)
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("d.yaml", None, "cannot be read: No such file or directory; name a file that `digits"),
        ("d.json", "{", "cannot be read: it is neither JSON nor YAML"),
        ("d.yaml", "a: [", "cannot be read: it is neither JSON nor YAML"),
        ("d.yaml", "seed: 3", "is not a compiled pipeline; name a file that `digits compile` wro"),
    ],
)
def test_file_that_is_none_is_a_sentence(
    name: str, text: str | None, sentence: str, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    words = (str(tmp_path / name), "--workspace", str(tmp_path / "w"))
    ended = execute(*words, folder=tmp_path)
    assert (ended.code, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"digits: {tmp_path / name} {sentence}")
    assert not (tmp_path / "w").exists()
