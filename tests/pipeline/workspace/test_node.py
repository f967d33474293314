"""What became of a model, from the properties that components noted."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.workspace.node import Node, Output


def pusher(*, cached: bool = False, **properties: Any) -> Node:
    outputs = {"pushed_model": Output(Path(), properties)}
    return Node("Pusher", 1, "complete", cached=cached, seconds=0.0, outputs=outputs)


@pytest.mark.parametrize(
    ("node", "pushed", "served"),
    [
        (pusher(pushed=1, pushed_version="7"), 7, 7),
        (pusher(pushed=1, pushed_version="7", cached=True), None, 7),
        (pusher(pushed=0, already_serves_as=7), None, 7),
        (pusher(pushed=0), None, None),
    ],
)
def test_a_pushed_version_is_of_this_run_and_a_served_one_of_any(
    node: Node, pushed: int | None, served: int | None
) -> None:
    assert (node.pushed_version, node.served_version) == (pushed, served)


@pytest.mark.parametrize(
    ("properties", "blessed"), [({"blessed": 1}, True), ({"blessed": 0}, False), ({}, False)]
)
def test_only_a_blessing_that_was_given_counts(properties: dict[str, int], blessed: bool) -> None:
    outputs = {"blessing": Output(Path(), properties)}
    node = Node("Evaluator", 1, "complete", cached=False, seconds=0.0, outputs=outputs)
    assert node.blessed is blessed
