"""Pods of steps are called as Argo and the API server of Kubeflow Pipelines 2.17 call them.

The names were given by their own code, and are kept (`make conformance`).
"""

from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from kubeflow.argo_pods import pod_of
from tests.kubeflow.conformance.record import HANDOVER, recorded_nodes

TASKS = ("make", "read", "when-true", "when-false")
"""With labels and an annotation, with neither, one that is tried again, and neither again."""


@pytest.fixture(scope="module")
def pipeline() -> dict[str, Any]:
    spec, platform = yaml.safe_load_all(HANDOVER.read_text())
    return {"pipeline_spec": spec, "platform_spec": platform}


def begun(*nodes: dict[str, str]) -> list[SimpleNamespace]:
    """What the server sends, as far as it is read, when there are these nodes."""
    return [SimpleNamespace(child_tasks=[SimpleNamespace(pod_name=node["id"])]) for node in nodes]


@pytest.mark.parametrize("task", TASKS)
def test_step_and_its_driver_have_the_pods_that_argo_gives_them(
    task: str, pipeline: dict[str, Any]
) -> None:
    driver, container, *_ = recorded_nodes(task)
    details = begun(driver, container)
    assert pod_of(f"{task}-driver", details, pipeline) == driver["pod"]
    assert pod_of(task, details, pipeline) == container["pod"]


def test_last_try_is_the_one(pipeline: dict[str, Any]) -> None:
    driver, container, first, second = recorded_nodes("when-true")
    assert pod_of("when-true", begun(driver, container, first), pipeline) == first["pod"]
    assert pod_of("when-true", begun(driver, container, first, second), pipeline) == second["pod"]


def test_step_that_has_not_begun_has_none(pipeline: dict[str, Any]) -> None:
    assert pod_of("read", begun(*recorded_nodes("make")), pipeline) is None
    assert pod_of("read", [SimpleNamespace(child_tasks=None)], pipeline) is None


def test_pipeline_may_come_without_a_platform_document(pipeline: dict[str, Any]) -> None:
    driver, container = recorded_nodes("read")
    assert pod_of("read", begun(driver, container), pipeline["pipeline_spec"]) == container["pod"]
