"""`--check` refuses what Kubeflow Pipelines 2.17 refuses, by verdicts that its own code gave.

`make conformance` records them; what is compared here is what `--check` says today.
"""

import json
from typing import Any

import pytest

from kubeflow.admission.check import problems
from kubeflow.spec_file import CompiledPipeline
from tests.kubeflow.conformance.broken import BROKEN
from tests.kubeflow.conformance.compiled import OURS, cases
from tests.kubeflow.conformance.record import VERDICTS


@pytest.fixture(scope="module")
def pipelines() -> dict[str, CompiledPipeline]:
    return cases()


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Any]:
    return dict(json.loads(VERDICTS.read_text()))


def test_every_pipeline_was_judged(
    pipelines: dict[str, CompiledPipeline], verdicts: dict[str, Any]
) -> None:
    assert verdicts.keys() == pipelines.keys(), "run make conformance"


@pytest.mark.parametrize("name", OURS)
def test_what_we_compile_was_taken_and_is_admitted(
    name: str, pipelines: dict[str, CompiledPipeline], verdicts: dict[str, Any]
) -> None:
    assert verdicts[name] == {}
    assert problems(pipelines[name], "kubeflow") == []


@pytest.mark.parametrize("name", BROKEN)
def test_mistake_that_was_refused_there_is_refused_here(
    name: str, pipelines: dict[str, CompiledPipeline], verdicts: dict[str, Any]
) -> None:
    if verdicts[name]:
        assert problems(pipelines[name], "kubeflow"), verdicts[name]
