"""What `kubectl apply` sends of ours, to Kubernetes' own API server: it takes it without a warning.

The kinds of Argo and KServe are those of their own definitions. What it does not show: that a node
would start the pods, or that a controller would do with them what is meant.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.kubeflow.conformance.api_server import ApiServer, RefusedError, api_server
from tests.kubeflow.conformance.compiled import OURS, cases
from tests.kubeflow.conformance.go_modules import ARGO, KSERVE, fetch
from tests.kubeflow.conformance.record import judge
from tests.kubeflow.test_manifests import MANIFESTS, ROOTS, built

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(shutil.which("go") is None, reason="it builds with Go, which is not here"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with api_server(tmp_path_factory.mktemp("api_server")) as started:
        yield started


@pytest.mark.parametrize("root", ROOTS)
def test_manifests_are_taken(server: ApiServer, root: str) -> None:
    namespace = server.make_namespace(root.replace("/", "-"))
    objects = built(MANIFESTS / root).values()
    assert objects
    assert [warning for tree in objects for warning in server.apply(tree, namespace)] == []


def test_inference_service_is_taken(server: ApiServer) -> None:
    try:
        crd = fetch(KSERVE) / "config/crd/full/serving.kserve.io_inferenceservices.yaml"
    except LookupError as error:
        pytest.skip(f"Go cannot fetch KServe: {error}")
    server.define(yaml.load(crd.read_text(), Loader=yaml.CSafeLoader))
    namespace = server.make_namespace("kserve")
    objects = built(MANIFESTS / "kserve")
    for tree in objects.values():
        assert server.apply(tree, namespace) == []
    service = objects["InferenceService", "digits"]
    service["spec"]["predictor"]["model"]["runtimeVersion"] = 2.21
    with pytest.raises(RefusedError, match="runtimeVersion"):
        server.apply(service, namespace)


@pytest.mark.parametrize("name", OURS)
def test_workflow_is_taken(server: ApiServer, program: Path, name: str) -> None:
    crd = fetch(ARGO) / "manifests/base/crds/full/argoproj.io_workflows.yaml"
    server.define(yaml.load(crd.read_text(), Loader=yaml.CSafeLoader))
    workflow = judge(program, cases()[name].text())["workflow"]
    del workflow["status"]  # empty times of Go's, which are Argo's to fill
    workflow["metadata"]["name"] = f"digits-{[*OURS].index(name)}"  # it would be given one
    namespace = server.make_namespace(workflow["metadata"]["namespace"])
    assert server.apply(workflow, namespace) == []
    workflow["spec"]["templates"][0] |= {"dagg": {}}
    with pytest.raises(RefusedError, match="dagg"):
        server.apply(workflow, namespace)


def test_key_that_there_is_not_is_refused(server: ApiServer) -> None:
    service = built(MANIFESTS / "serving")["Service", "digits-serving"]
    service["spec"]["port"] = 1
    with pytest.raises(RefusedError, match="port"):
        server.apply(service)


def test_pod_without_a_profile_of_calls_is_warned_of(server: ApiServer) -> None:
    job = built(MANIFESTS / "training")["Job", "digits-training"]
    del job["spec"]["template"]["spec"]["securityContext"]["seccompProfile"]
    (warning,) = server.apply(job, server.make_namespace("without"))
    assert "seccompProfile" in warning
