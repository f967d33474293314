"""The curated schema, as the component publishes it."""

from pathlib import Path

import pytest
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2
from tfx.types import standard_artifacts
from tfx_bsl.tfxio import tensor_representation_util

from components.digit_schema_gen.component import DigitSchemaGen, read_schema
from vocabulary import features
from vocabulary.facts import FACTS, Fact
from vocabulary.task.examples import examples_of
from vocabulary.task.find import task_names

NAMES = {name: value for name, value in vars(features).items() if isinstance(value, str)}


@pytest.fixture(scope="module")
def schema() -> dict[str, schema_pb2.Feature]:
    return {feature.name: feature for feature in read_schema("localization", classes=10).feature}


def test_the_component_writes_the_schema_of_the_task(tmp_path: Path) -> None:
    artifact = standard_artifacts.Schema()
    artifact.uri = str(tmp_path)
    component = DigitSchemaGen(task="localization", classes=10)
    component.executor_spec.executor_class().Do(
        {}, {"schema": [artifact]}, dict(component.exec_properties)
    )
    (written,) = tmp_path.iterdir()
    assert text_format.Parse(written.read_text(), schema_pb2.Schema()) == read_schema(
        "localization", classes=10
    )


def test_the_schema_has_the_features_of_the_vocabulary(
    schema: dict[str, schema_pb2.Feature],
) -> None:
    keys = {value for value in NAMES.values() if value.startswith("image/")}
    assert set(schema) == keys | {fact.key for fact in FACTS}
    assert len(schema) == len(read_schema("localization", classes=10).feature)


@pytest.mark.parametrize("task", task_names())
def test_what_a_task_needs_takes_the_place_of_what_is_left_open(task: str) -> None:
    features_ = read_schema(task, classes=3).feature
    assert len({feature.name for feature in features_}) == len(features_)
    own = text_format.Parse(examples_of(task).SCHEMA, schema_pb2.Schema()).feature
    for feature in own:
        if feature.name == features.LABEL:
            feature.int_domain.max = 2
        assert feature in features_
    assert set(examples_of(task).DRIFT.values()) <= {feature.name for feature in own}


@pytest.mark.parametrize("task", task_names())
def test_each_feature_can_be_read_alone(task: str) -> None:
    schema = read_schema(task, classes=10)
    for feature in schema.feature:
        alone = tensor_representation_util.ProjectTensorRepresentationsInSchema(
            schema, [feature.name]
        )
        assert [one.name for one in alone.feature] == [feature.name]


def test_every_example_has_one_picture_and_at_most_one_digit(
    schema: dict[str, schema_pb2.Feature],
) -> None:
    for key in (features.IMAGE, features.ID):
        assert schema[key].presence.min_fraction == 1.0
        assert schema[key].presence.min_count == 1
        assert [dim.size for dim in schema[key].shape.dim] == [1]
    for key in (features.LABEL, *features.BOX):
        assert (schema[key].value_count.min, schema[key].value_count.max) == (1, 1)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_a_fact_is_optional_and_single(schema: dict[str, schema_pb2.Feature], fact: Fact) -> None:
    feature = schema[fact.key]
    assert not feature.HasField("presence")
    assert (feature.value_count.min, feature.value_count.max) == (1, 1)
    assert feature.type == (schema_pb2.INT if fact.whole else schema_pb2.FLOAT)


def test_the_picture_is_declared_as_one(schema: dict[str, schema_pb2.Feature]) -> None:
    assert schema[features.IMAGE].type == schema_pb2.BYTES
    assert schema[features.IMAGE].HasField("image_domain")


@pytest.mark.parametrize("task", task_names())
def test_bytes_of_which_each_picture_has_its_own_are_declared_as_pictures(task: str) -> None:
    counted = {
        feature.name
        for feature in read_schema(task, classes=10).feature
        if feature.type == schema_pb2.BYTES and not feature.HasField("image_domain")
    }
    assert counted == {features.FORMAT, features.TEXT}


def test_a_label_is_one_of_the_classes(schema: dict[str, schema_pb2.Feature]) -> None:
    domain = schema[features.LABEL].int_domain
    assert (domain.min, domain.max) == (0, 9)
    assert domain.is_categorical


@pytest.mark.parametrize("key", features.BOX)
def test_a_box_is_within_the_picture(schema: dict[str, schema_pb2.Feature], key: str) -> None:
    domain = schema[key].float_domain
    assert schema[key].type == schema_pb2.FLOAT
    assert (domain.min, domain.max) == (0.0, 1.0)
    assert domain.disallow_nan
    assert domain.disallow_inf
