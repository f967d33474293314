"""The DAG: which components there are, and what they wait for."""

from collections.abc import Callable

import pytest
from digits_process import COMPONENTS
from tfx.dsl.components.base.base_component import BaseComponent

from pipeline.config.config import Config
from pipeline.dag import create_components

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


def test_each_component_is_there_once(dag: dict[str, BaseComponent]) -> None:
    assert sorted(dag) == sorted(COMPONENTS)


@pytest.mark.parametrize(
    ("component", "waits_for"),
    [
        ("DigitExampleGen", set()),
        ("DigitSchemaGen", set()),
        ("StatisticsGen", {"DigitExampleGen", "DigitSchemaGen"}),
        ("ExampleValidator", {"StatisticsGen", "DigitSchemaGen"}),
        ("Transform", {"DigitExampleGen", "DigitSchemaGen", "ExampleValidator"}),
        ("Trainer", {"DigitExampleGen", "DigitSchemaGen", "Transform"}),
        ("Champion", {"Trainer"}),
        ("DistributionValidator", {"StatisticsGen", "Champion"}),
        ("Evaluator", {"DigitExampleGen", "Trainer", "Champion", "DistributionValidator"}),
        ("InfraValidator", {"DigitExampleGen", "Trainer"}),
        ("Pusher", {"StatisticsGen", "Evaluator", "InfraValidator"}),
        (
            "Report",
            {
                "DigitExampleGen",
                "StatisticsGen",
                "ExampleValidator",
                "DistributionValidator",
                "Trainer",
                "Evaluator",
                "Pusher",
            },
        ),
    ],
)
def test_component_waits_for_what_it_reads(
    component: str, waits_for: set[str], dag: dict[str, BaseComponent]
) -> None:
    assert upstream(dag[component]) == waits_for


def test_search_and_warm_start_come_before_the_trainer(
    whole_dag: dict[str, BaseComponent],
) -> None:
    assert sorted(whole_dag) == sorted([*COMPONENTS, "Tuner", "Incumbent", "BulkInferrer"])
    assert upstream(whole_dag["Tuner"]) == {"DigitExampleGen", "DigitSchemaGen", "Transform"}
    assert upstream(whole_dag["Incumbent"]) == set()
    assert upstream(whole_dag["Trainer"]) == {
        "DigitExampleGen",
        "DigitSchemaGen",
        "Transform",
        "Tuner",
        "Incumbent",
    }


def test_bulk_inference_waits_for_the_blessing(whole_dag: dict[str, BaseComponent]) -> None:
    inferrer = whole_dag["BulkInferrer"]
    assert upstream(inferrer) == {"DigitExampleGen", "Trainer", "Evaluator"}
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
