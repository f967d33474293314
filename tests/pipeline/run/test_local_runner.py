"""The order of components, and what those that run beside others may not do at the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tfx.orchestration import metadata
from tfx.proto.orchestration import pipeline_pb2

from pipeline.run.local_runner import ComponentFailedError, _Metadata, _run_all

PATIENCE_S = 30
NODES = {
    "Trainer": [],
    "InfraValidator": ["Trainer"],
    "Evaluator": ["Trainer"],
    "Pusher": ["Evaluator", "InfraValidator"],
}


def run_all(do: dict[str, Callable[[], object]]) -> list[str]:
    """Runs the nodes, each of which may do something; gives them in the order of their ends."""
    ended = []

    def run_one(node: pipeline_pb2.PipelineNode) -> None:
        do.get(node.node_info.id, lambda: None)()
        ended.append(node.node_info.id)

    nodes = []
    for name, upstream in NODES.items():
        node = pipeline_pb2.PipelineNode(upstream_nodes=upstream)
        node.node_info.id = name
        nodes.append(node)
    _run_all(nodes, run_one)
    return ended


def test_infra_validator_runs_beside_the_evaluator_and_ends_before_the_pusher() -> None:
    evaluated = threading.Event()
    ended = run_all(
        {"InfraValidator": lambda: evaluated.wait(PATIENCE_S), "Evaluator": evaluated.set}
    )
    assert evaluated.is_set()
    assert ended[0] == "Trainer"
    assert ended[-1] == "Pusher"


def test_what_runs_beside_ends_before_the_failure_of_another_is_told() -> None:
    failing, validated = threading.Event(), []

    def fail() -> None:
        failing.set()
        raise ComponentFailedError("Evaluator")

    def validate() -> None:
        assert failing.wait(PATIENCE_S)
        validated.append(True)

    with pytest.raises(ComponentFailedError, match="Evaluator"):
        run_all({"InfraValidator": validate, "Evaluator": fail})
    assert validated == [True]


def test_failure_of_what_runs_beside_is_told_before_those_that_need_it_begin() -> None:
    began = []

    def fail() -> None:
        raise ComponentFailedError("InfraValidator")

    with pytest.raises(ComponentFailedError, match="InfraValidator"):
        run_all({"InfraValidator": fail, "Pusher": lambda: began.append("Pusher")})
    assert began == []


def test_one_thread_at_a_time_has_a_connection(tmp_path: Path) -> None:
    config = metadata.sqlite_metadata_connection_config(str(tmp_path / "metadata.sqlite"))
    connected = threading.Event()

    def connect() -> None:
        with _Metadata(config):
            connected.set()

    with ThreadPoolExecutor() as threads:
        with _Metadata(config) as one:
            other = threads.submit(connect)
            assert not connected.wait(0.5)
            assert one.store.get_artifacts() == []
        other.result(PATIENCE_S)
    assert connected.is_set()
