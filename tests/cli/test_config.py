"""`digits config`: what it prints is what a run would use."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from pipeline.config.file import read_config
from pipeline.workspace.history import History
from pipeline.workspace.runs import CONFIG
from pipeline.workspace.workspace import Workspace


def invoke(*arguments: str) -> tuple[int, str, str]:
    ended = CliRunner().invoke(app, ["config", *arguments])
    return ended.exit_code, ended.stdout, ended.stderr


def test_what_it_prints_is_read_back_as_the_same_config(tmp_path: Path) -> None:
    strip = Path(__file__).parents[2] / "configs/strip.yaml"  # another task, with bars of its own
    code, printed, _ = invoke("--config", str(strip), "--set", "seed=3")
    (tmp_path / "mine.yaml").write_text(printed)
    assert code == 0
    assert read_config(tmp_path / "mine.yaml") == read_config(strip, ["seed=3"])


def test_json_is_one_object() -> None:
    code, printed, _ = invoke("--json", "--set", "seed=3")
    assert (code, json.loads(printed)["seed"]) == (0, 3)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    History(Workspace(tmp_path)).begin("one", {CONFIG: read_config().model_dump_json()})
    return tmp_path


def test_a_run_is_named_for_what_differs(workspace: Path) -> None:
    place = ("--workspace", str(workspace))
    assert invoke("--diff", "one", *place)[1] == "nothing differs from run one\n"
    changed = invoke("--diff", "one", "--set", "training.epochs=7", *place)
    assert changed == (0, "training.epochs: 2 → 7\n", "")
    as_json = invoke("--diff", "one", "--set", "training.epochs=7", "--json", *place)[1]
    assert json.loads(as_json) == {"run": "one", "changes": ["training.epochs: 2 → 7"]}


def test_an_unknown_run_is_a_sentence(workspace: Path) -> None:
    code, printed, said = invoke("--diff", "two", "--workspace", str(workspace))
    assert (code, printed) == (1, "")
    assert said == "digits: there is no run two; `digits runs` lists those there are\n"
