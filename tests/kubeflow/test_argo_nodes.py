"""Steps and reasons, read from the nodes of an Argo workflow as the API server sends them."""

from types import SimpleNamespace

from kubeflow.argo_nodes import reasons, step_names, step_states

STEPS = ("transform", "trainer")


def nodes(**states: str | None) -> list[SimpleNamespace]:
    """In the order of the arguments; `_` in a name stands for `-`."""
    return [
        SimpleNamespace(display_name=name.replace("_", "-"), state=state, start_time=at)
        for at, (name, state) in enumerate(states.items())
    ]


def test_step_whose_driver_failed_has_failed_and_its_drivers_log_says_why() -> None:
    details = nodes(trainer_driver="FAILED", trainer=None)
    assert step_states(details, STEPS) == {"trainer": "failed"}
    assert reasons(details, STEPS) == {
        "trainer": "Kubeflow could not start it, see digits logs of trainer-driver"
    }


def test_step_that_argo_omits_is_not_started() -> None:
    details = nodes(trainer_driver=None, trainer=None)
    assert step_states(details, STEPS) == {"trainer": "not started"}


def test_step_runs_when_its_driver_has_done_its_part() -> None:
    assert step_states(nodes(trainer_driver="RUNNING"), STEPS) == {"trainer": "running"}
    assert step_states(nodes(trainer_driver="SUCCEEDED"), STEPS) == {"trainer": "running"}


def test_nodes_that_are_no_steps_are_left_out() -> None:
    details = nodes(digits_x7k2p="RUNNING", root="RUNNING", root_driver="SUCCEEDED", executor="X")
    assert step_states(details, STEPS) == {}
    assert reasons(details, STEPS) == {}


def test_run_that_cannot_be_started_is_said() -> None:
    assert reasons(nodes(root_driver="FAILED"), STEPS) == {
        "": "Kubeflow could not start it, see digits logs of root-driver"
    }


def test_steps_are_read_with_and_without_a_platform_document() -> None:
    spec = {"root": {"dag": {"tasks": {"trainer": {}}}}}
    assert step_names(spec) == ["trainer"]
    assert step_names({"pipeline_spec": spec, "platform_spec": {}}) == ["trainer"]


def test_run_without_a_pipeline_of_version_2_has_no_steps() -> None:
    assert step_names(None) == []
    assert step_names({"kind": "Workflow", "spec": {"templates": []}}) == []
