"""The DAG: which components there are, and what they wait for."""

from collections.abc import Callable

import pytest
from tfx.dsl.components.base.base_component import BaseComponent

from pipeline.config.config import Config
from pipeline.dag import create_components
from tests.pipeline.digits_process import COMPONENTS

WHOLE = (
    "tuner.enabled=true",
    "training.warm_start=true",
    "splits.validation=10",
    "bulk_inference=[validation]",
)


def components(config: Config) -> list[BaseComponent]:
    return create_components(config, serving_dir="/serving", checkpoint_dir="/checkpoints")


@pytest.fixture
def dag(configure: Callable[..., Config]) -> dict[str, BaseComponent]:
    return {c.id: c for c in components(configure())}


@pytest.fixture
def whole_dag(configure: Callable[..., Config]) -> dict[str, BaseComponent]:
    """The DAG with the components that are there only when asked for."""
    return {c.id: c for c in components(configure(*WHOLE))}


def upstream(component: BaseComponent) -> set[str]:
    producers = (
        channel.producer_component_id
        for channel in component.inputs.values()
        if channel is not None
    )
    return {*producers, *(node.id for node in component.upstream_nodes)}


def all_upstream(component: str, dag: dict[str, BaseComponent]) -> set[str]:
    """Directly, or through others."""
    direct = upstream(dag[component])
    return direct.union(*(all_upstream(one, dag) for one in direct))


def test_each_component_is_there_once_after_those_it_waits_for(
    configure: Callable[..., Config],
) -> None:
    listed = components(configure(*WHOLE))
    ids = [component.id for component in listed]
    assert sorted(ids) == sorted([*COMPONENTS, "Tuner", "Incumbent", "BulkInferrer"])
    for at, component in enumerate(listed):
        assert upstream(component) <= {*ids[:at]}, component.id


def test_components_that_are_not_asked_for_are_not_there(dag: dict[str, BaseComponent]) -> None:
    assert sorted(dag) == sorted(COMPONENTS)


def test_nothing_is_trained_on_data_that_was_not_validated(
    whole_dag: dict[str, BaseComponent],
) -> None:
    for component in ("Transform", "Tuner", "Trainer"):
        assert "ExampleValidator" in all_upstream(component, whole_dag)


def test_the_champion_is_looked_up_after_the_training_and_before_the_verdict(
    dag: dict[str, BaseComponent],
) -> None:
    assert "Trainer" in all_upstream("Champion", dag)
    assert "Champion" in all_upstream("Evaluator", dag)


def test_the_model_is_judged_only_where_the_data_did_not_drift(
    dag: dict[str, BaseComponent],
) -> None:
    assert "DistributionValidator" in upstream(dag["Evaluator"])


def test_pusher_waits_for_both_gates(dag: dict[str, BaseComponent]) -> None:
    pusher = dag["Pusher"]
    assert pusher.inputs["model_blessing"].producer_component_id == "Evaluator"
    assert pusher.inputs["infra_blessing"].producer_component_id == "InfraValidator"


def test_report_waits_for_all_others(dag: dict[str, BaseComponent]) -> None:
    assert all_upstream("Report", dag) == {*COMPONENTS} - {"Report"}


def test_search_and_warm_start_come_before_the_trainer(
    whole_dag: dict[str, BaseComponent],
) -> None:
    assert upstream(whole_dag["Incumbent"]) == set()
    assert {"Tuner", "Incumbent"} <= upstream(whole_dag["Trainer"])


def test_bulk_inference_waits_for_the_blessing(whole_dag: dict[str, BaseComponent]) -> None:
    inferrer = whole_dag["BulkInferrer"]
    assert inferrer.inputs["model_blessing"].producer_component_id == "Evaluator"
    assert '"validation"' in inferrer.exec_properties["data_spec"]


def test_nothing_is_chosen_by_the_split_that_judges(
    dag: dict[str, BaseComponent], whole_dag: dict[str, BaseComponent]
) -> None:
    assert '"eval"' in dag["Trainer"].exec_properties["eval_args"]
    for component in ("Tuner", "Trainer"):
        properties = whole_dag[component].exec_properties
        assert '"validation"' in properties["eval_args"]
        assert '"train"' in properties["train_args"]


def test_incumbent_champion_and_pusher_look_at_the_same_folder(
    whole_dag: dict[str, BaseComponent],
) -> None:
    dag = whole_dag
    assert dag["Incumbent"].exec_properties["destination"] == "/serving"
    assert dag["Champion"].exec_properties["destination"] == "/serving"
    assert '"base_directory": "/serving"' in dag["Pusher"].exec_properties["push_destination"]
