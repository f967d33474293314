"""The curated schema, as the component publishes it."""

from pathlib import Path

import pytest
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2
from tfx.types import standard_artifacts

from components.digit_schema_gen.component import DigitSchemaGen, read_schema
from vocabulary import features

NAMES = {name: value for name, value in vars(features).items() if isinstance(value, str)}


@pytest.fixture(scope="module")
def schema() -> dict[str, schema_pb2.Feature]:
    return {feature.name: feature for feature in read_schema().feature}


def test_the_component_writes_the_schema_of_the_package(tmp_path: Path) -> None:
    artifact = standard_artifacts.Schema()
    artifact.uri = str(tmp_path)
    component = DigitSchemaGen()
    component.executor_spec.executor_class().Do({}, {"schema": [artifact]}, {})
    (written,) = tmp_path.iterdir()
    assert text_format.Parse(written.read_text(), schema_pb2.Schema()) == read_schema()


def test_the_schema_has_the_features_of_the_vocabulary(
    schema: dict[str, schema_pb2.Feature],
) -> None:
    keys = {value for value in NAMES.values() if value.startswith(("image/", "scene/"))}
    assert set(schema) == keys
    assert len(schema) == len(read_schema().feature)


def test_every_feature_is_there_once_in_every_example(
    schema: dict[str, schema_pb2.Feature],
) -> None:
    for feature in schema.values():
        assert feature.presence.min_fraction == 1.0
        assert feature.presence.min_count == 1
        assert [dim.size for dim in feature.shape.dim] == [1]


def test_the_picture_is_declared_as_one(schema: dict[str, schema_pb2.Feature]) -> None:
    assert schema[features.IMAGE].type == schema_pb2.BYTES
    assert schema[features.IMAGE].HasField("image_domain")


def test_a_label_is_one_of_ten_digits(schema: dict[str, schema_pb2.Feature]) -> None:
    domain = schema[features.LABEL].int_domain
    assert (domain.min, domain.max) == (0, features.NUM_CLASSES - 1)
    assert domain.is_categorical


@pytest.mark.parametrize("key", features.BOX)
def test_a_box_is_within_the_picture(schema: dict[str, schema_pb2.Feature], key: str) -> None:
    domain = schema[key].float_domain
    assert schema[key].type == schema_pb2.FLOAT
    assert (domain.min, domain.max) == (0.0, 1.0)
    assert domain.disallow_nan
    assert domain.disallow_inf
