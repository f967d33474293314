"""A task that is one folder goes through every command: `tests/toy/tasks/parity`."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from serving.options import ServerOptions
from serving.server import running
from tests.pipeline.digits_process import Ended, start_digits

pytestmark = pytest.mark.slow

TOY = Path(__file__).parents[1] / "toy"
CONFIG = ("--config", str(TOY / "parity.yaml"))
Digits = Callable[..., Ended]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("toy") / "workspace"


@pytest.fixture(scope="module")
def digits(workspace: Path) -> Digits:
    def run(*arguments: str) -> Ended:
        environment = {"PYTHONPATH": str(TOY)}
        return start_digits(*arguments, folder=workspace.parent, environment=environment).wait()

    return run


@pytest.fixture(scope="module")
def runs(workspace: Path, digits: Digits) -> list[dict[str, object]]:
    """Two runs, the second of a longer training."""
    where = ("--workspace", str(workspace), "--json")
    ended = [
        digits("run", *CONFIG, *where, "--set", f"training.epochs={epochs}") for epochs in (1, 3)
    ]
    for one in ended:
        assert one.code == 0, one.stderr
    return [json.loads(one.stdout) for one in ended]


def test_it_is_trained_judged_and_pushed(runs: list[dict[str, object]]) -> None:
    for run in runs:
        assert run["task"] == "parity"
        assert set(run["metrics"]) == {"accuracy"}
        assert run["pushed_version"]


def test_its_report_has_its_own_section(runs: list[dict[str, object]], workspace: Path) -> None:
    text = (workspace / "runs" / str(runs[1]["run_id"]) / "report.html").read_text()
    assert "Say whether a digit is odd or even." in text
    assert 'id="parity"' in text
    assert "IoU" not in re.sub(r"base64,[^\"]*", "", text)  # where any three letters may stand


def test_its_versions_are_compared(
    runs: list[dict[str, object]], workspace: Path, digits: Digits
) -> None:
    versions = [str(run["pushed_version"]) for run in runs]
    ended = digits("compare", *versions, "--workspace", str(workspace), "--json")
    assert ended.code == 0, ended.stderr
    comparison = json.loads(ended.stdout)
    assert set(comparison["whole"]["metrics"][f"version {versions[0]}"]) == {"accuracy"}
    assert Path(comparison["report"]).is_file()


def test_its_models_read_pictures(
    runs: list[dict[str, object]], workspace: Path, digits: Digits, png: Path
) -> None:
    ended = digits("predict", str(png), "--model", str(workspace / "serving/digits"), "--json")
    assert ended.code == 0, ended.stderr
    (picture,) = json.loads(ended.stdout)["predictions"]
    assert 0 <= picture["odd"] <= 1


def test_its_models_are_served(
    runs: list[dict[str, object]], workspace: Path, digits: Digits, png: Path
) -> None:
    options = ServerOptions(model_base_path=workspace / "serving/digits", port=0, rest_api_port=0)
    with running(options) as server:
        asked = digits("predict", str(png), "--url", server.rest, "--task", "parity", "--json")
    assert asked.code == 0, asked.stderr


def test_its_pipeline_is_compiled(tmp_path: Path, digits: Digits) -> None:
    output = tmp_path / "pipeline.json"
    arguments = ("--image", "registry.example/digits:1", "--pipeline-root", "gs://bucket/root")
    push = ("--set", "kubeflow.push_destination=gs://bucket/serving")
    ended = digits(
        "compile", *CONFIG, "--target", "vertex", "--output", str(output), *arguments, *push
    )
    assert ended.code == 0, ended.stderr
    assert "parity" in output.read_text()
