"""The compiled workflow and the InferenceService are what the kinds of Argo and KServe allow.

The schemas are the very ones that are installed into a cluster: `make conformance` fetches them.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kubeflow.conformance.compiled import OURS, cases
from tests.kubeflow.conformance.go_modules import ARGO, KSERVE, fetch
from tests.kubeflow.conformance.kinds import problems
from tests.kubeflow.conformance.record import judge
from tests.kubeflow.test_manifests import MANIFESTS

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(shutil.which("go") is None, reason="it builds with Go, which is not here"),
]


@pytest.fixture(scope="module")
def workflow_kind() -> Path:
    return fetch(ARGO) / "manifests/base/crds/full/argoproj.io_workflows.yaml"


@pytest.fixture(scope="module")
def inference_kind() -> Path:
    try:
        return fetch(KSERVE) / "config/crd/full/serving.kserve.io_inferenceservices.yaml"
    except LookupError as error:
        pytest.skip(f"Go cannot fetch KServe: {error}")


@pytest.mark.parametrize("name", OURS)
def test_workflow_is_what_its_kind_allows(name: str, program: Path, workflow_kind: Path) -> None:
    workflow = judge(program, cases()[name].text())["workflow"]
    del workflow["status"]  # empty times of Go's, which are Argo's to fill
    assert problems(workflow_kind, workflow) == []
    template = workflow["spec"]["templates"][0]
    template |= {"retryStrategy": {"limit": [1]}, "dagg": {}}
    refused = " ".join(problems(workflow_kind, workflow))
    assert "spec/templates/0/retryStrategy/limit: [1] is not valid" in refused
    assert "('dagg' was unexpected)" in refused


def test_inference_service_is_what_its_kind_allows(inference_kind: Path) -> None:
    service: Any = yaml.safe_load((MANIFESTS / "kserve/service.yaml").read_text())
    assert problems(inference_kind, service) == []
    service["spec"]["predictor"]["model"]["runtimeVersion"] = 2.21
    assert problems(inference_kind, service) == [
        "spec/predictor/model/runtimeVersion: 2.21 is not of type 'string'"
    ]
