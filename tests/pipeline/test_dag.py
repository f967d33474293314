"""The DAG: which components there are, and what they wait for."""

from collections.abc import Callable

import pytest
from digits_process import COMPONENTS
from tfx.dsl.components.base.base_component import BaseComponent

from pipeline.config import Config
from pipeline.dag import create_components


@pytest.fixture
def dag(configure: Callable[..., Config]) -> dict[str, BaseComponent]:
    return {c.id: c for c in create_components(configure(), serving_dir="/serving")}


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
        ("Evaluator", {"DigitExampleGen", "DigitSchemaGen", "Trainer", "Champion"}),
        ("InfraValidator", {"DigitExampleGen", "Trainer"}),
        ("Pusher", {"Evaluator", "InfraValidator"}),
        ("Report", {"DigitExampleGen", "Trainer"}),
    ],
)
def test_component_waits_for_what_it_reads(
    component: str, waits_for: set[str], dag: dict[str, BaseComponent]
) -> None:
    assert upstream(dag[component]) == waits_for


def test_champion_and_pusher_look_at_the_same_folder(dag: dict[str, BaseComponent]) -> None:
    assert dag["Champion"].exec_properties["destination"] == "/serving"
    assert '"base_directory": "/serving"' in dag["Pusher"].exec_properties["push_destination"]
