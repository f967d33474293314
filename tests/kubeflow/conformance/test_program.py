"""Sends pipelines through Kubeflow Pipelines' own code, built by Go: `make conformance`.

What it says must be what is kept beside this file, which the ordinary tests read. Where it is not,
the new answer is written there, for `git diff` to show.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.kubeflow.conformance.compiled import cases
from tests.kubeflow.conformance.record import HANDED_OVER, HANDOVER, VERDICTS, as_text, judge

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(shutil.which("go") is None, reason="it builds with Go, which is not here"),
]


def test_verdicts_are_those_that_are_kept(program: Path) -> None:
    verdicts: dict[str, Any] = {}
    for name, compiled in cases().items():
        report = judge(program, compiled.text())
        verdicts[name] = {key: report[key] for key in ("refused_by", "why") if key in report}
    require_kept(VERDICTS, verdicts)


def test_what_containers_are_handed_is_what_is_kept(program: Path) -> None:
    report = judge(program, HANDOVER.read_text())
    del report["workflow"]
    require_kept(HANDED_OVER, report)


def require_kept(path: Path, value: Any) -> None:
    before = path.read_text() if path.exists() else ""
    path.write_text(as_text(value))
    assert path.read_text() == before, f"{path.name} has changed; see git diff"
