"""Broken files under components that the cache would answer for: they are named and made anew."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.digits_process import COMPONENTS, Ended, digits, settings
from tests.pipeline.small_run import SmallRun

pytestmark = pytest.mark.slow


def run(workspace: Path) -> Ended:
    ended = digits("run", "--json", *settings(), workspace=workspace)
    assert ended.code == 0, ended.stderr
    return ended


def cached(ended: Ended) -> list[str]:
    nodes: list[dict[str, Any]] = json.loads(ended.stdout)["nodes"]
    return [node["id"] for node in nodes if node["cached"]]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.fixture(scope="module")
def workspace(small_run: SmallRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = small_run.copy(tmp_path_factory.mktemp("damaged"))
    run(workspace)  # judged beside what serves: itself; from then on all is cached
    return workspace


@pytest.mark.parametrize(
    ("pattern", "harm", "problem", "anew"),
    [
        ("Evaluator/evaluation/*/verdict.json", Path.unlink, "is gone", {"Evaluator", "Report"}),
        (
            "Report/report/*/report.html",
            lambda path: path.write_text("something else"),
            "has 14 bytes, not ",
            {"Report"},
        ),
        ("DigitExampleGen/examples/*/Split-eval/*", cut, " bytes, not ", {*COMPONENTS}),
    ],
)
def test_a_broken_file_is_named_and_made_anew(
    pattern: str,
    harm: Callable[[Path], object],
    problem: str,
    anew: set[str],
    workspace: Path,
) -> None:
    broken = max(workspace.glob(f"artifacts/{pattern}"))
    harm(broken)
    ended = run(workspace)
    (sentence,) = (line for line in ended.stderr.splitlines() if line.startswith("! "))
    assert str(broken) in sentence
    assert problem in sentence
    # The schema depends on nothing; the blessing comes with the verdict.
    assert set(COMPONENTS) - {*cached(ended)} >= anew - {"DigitSchemaGen"}
    assert "Trainer" in anew or "Trainer" in cached(ended)
    if "Trainer" in anew:
        run(workspace)  # judged beside what serves: itself
    again = run(workspace)
    assert sorted(cached(again)) == sorted(COMPONENTS)
    assert "! " not in again.stderr
