"""`digits run --dry-run`: what it says would run is what then runs, and it changes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.run.rehearsal import Step
from tests.pipeline.digits_process import COMPONENTS, digits, settings
from tests.pipeline.small_run import LONGER, SmallRun

pytestmark = pytest.mark.slow


def rehearse(workspace: Path, *over: str) -> dict[str, Step]:
    ended = digits("run", "--dry-run", "--json", *settings(*over), workspace=workspace)
    assert ended.code == 0, ended.stderr
    return {step["id"]: Step(**step) for step in json.loads(ended.stdout)["steps"]}


def contents(folder: Path) -> dict[str, Any]:
    """Everything that is there, and the bytes of the database."""
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.name != ".lock"}
    return {"files": files, "database": (folder / "metadata.sqlite").read_bytes()}


def test_it_says_what_the_next_run_does(
    small_run: SmallRun, longer_run: SmallRun, tmp_path: Path
) -> None:
    workspace = small_run.copy(tmp_path)
    before = contents(workspace)
    steps = rehearse(workspace, LONGER)
    assert contents(workspace) == before
    truth = {node["id"]: not node["cached"] for node in longer_run.summary["nodes"]}
    assert {name: step.runs for name, step in steps.items()} == truth
    assert {*truth.values()} == {True, False}
    assert steps["Trainer"].why == "its settings have changed"
    assert steps["Pusher"].why == "after Evaluator, InfraValidator"


def test_without_a_workspace_everything_runs_and_none_is_made(tmp_path: Path) -> None:
    steps = rehearse(tmp_path / "workspace")
    assert {*steps} == {*COMPONENTS}
    assert all(step.runs for step in steps.values())
    assert steps["DigitExampleGen"].why == "it has not run yet"
    assert not (tmp_path / "workspace").exists()


def test_a_damaged_artefact_is_the_reason(small_run: SmallRun, tmp_path: Path) -> None:
    workspace = small_run.copy(tmp_path)
    [schema] = workspace.glob("artifacts/DigitSchemaGen/schema/*/schema.pbtxt")
    schema.write_text("")
    steps = rehearse(workspace)
    assert "schema.pbtxt has 0 bytes" in steps["DigitSchemaGen"].why
    assert steps["StatisticsGen"].why == "after DigitSchemaGen"
