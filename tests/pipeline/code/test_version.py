"""Which code ran."""

import re

import pytest

from pipeline.code import version as code_version


def test_release_and_digest_are_always_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # no git
    assert re.fullmatch(r"\d+\.\d+\.\d+, digest [0-9a-f]{12}", code_version.code_version())


def test_commit_of_another_repository_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"rev-parse": "1a2b3c4", "ls-files": "", "status": ""}
    monkeypatch.setattr(code_version, "_git", lambda folder, verb, *rest: answers[verb])
    assert "commit" not in code_version.code_version()
    answers["ls-files"] = "pipeline/dag.py"
    assert ", commit 1a2b3c4, digest" in code_version.code_version()
    answers["status"] = " M pipeline/dag.py"
    assert ", commit 1a2b3c4, changed, digest" in code_version.code_version()
