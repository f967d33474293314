"""How the steps of a run are, read from what the open-source API server says of it.

It says of every node of the Argo workflow what it is called and in which phase it is, and no more
(`toModelTask` and `toApiPipelineTaskDetail`, backend/src/apiserver/server/api_converter.go of
2.17). There is a node for the workflow, for `root` and its driver, and for each step three:
`trainer-driver`, `trainer`, and one called `executor`, or `executor(0)` and so on where it may be
tried again. No message of a failure is among it, so what can be told is whose log to read.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kubeflow.service import state_word

ROOT = "root"
DRIVER = "-driver"
"""Ends the name of the node that prepares a step, or `root`."""
_NOT_STARTED = "not started"
"""What Argo omits, for something before it failed, the server knows no state for and sends none."""


def step_names(pipeline_spec: Mapping[str, Any] | None) -> list[str]:
    """The steps of a pipeline as the server sends it: alone, or beside the platform document.

    None of a workflow of Argo's, which is what it sends for a run of version 1.
    """
    spec = pipeline_spec or {}
    spec = spec.get("pipeline_spec", spec)
    return list(spec.get("root", {}).get("dag", {}).get("tasks", {}))


def step_states(details: Sequence[Any], names: Collection[str]) -> dict[str, str]:
    """The state of each step that has a node, in the order in which they began.

    A step whose driver failed has failed, though its own node was never started.
    """
    nodes = {node.display_name: _word(node.state) for node in details}
    in_order = sorted(details, key=lambda node: str(node.start_time))
    steps = dict.fromkeys(node.display_name.removesuffix(DRIVER) for node in in_order)
    return {step: _state(step, nodes) for step in steps if step in names}


def _state(step: str, nodes: Mapping[str, str]) -> str:
    driver = nodes.get(f"{step}{DRIVER}", "succeeded")
    if driver != "succeeded":
        return driver
    return nodes.get(step, "running")


def _word(state: Any) -> str:
    return state_word(state) if state else _NOT_STARTED


def reasons(details: Sequence[Any], names: Collection[str]) -> dict[str, str]:
    """Whose log says why, by step; of the run itself by ""."""
    failed = {node.display_name for node in details if state_word(node.state) == "failed"}
    why = {name: "its log says why, see digits logs" for name in names if name in failed}
    for name in names:
        if f"{name}{DRIVER}" in failed:
            why[name] = f"Kubeflow could not start it, see digits logs of {name}{DRIVER}"
    if f"{ROOT}{DRIVER}" in failed:
        why[""] = f"Kubeflow could not start it, see digits logs of {ROOT}{DRIVER}"
    return why
