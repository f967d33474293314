"""Which labelled pictures the task can use; what it fills in where there is no digit."""

from typing import Any

import pytest
import tensorflow as tf
from tensorflow_transform.tf_metadata import schema_utils

from components.digit_example_gen.example import Labelled, as_examples
from components.digit_schema_gen.component import read_schema
from digit.examples import NO_DIGIT
from tasks.localization.examples import why_unusable
from vocabulary import features

BOX = (0.1, 0.2, 0.5, 0.6)


def serialized(**objects: Any) -> bytes:
    of = {"labels": (), "texts": (), "boxes": ()} | objects
    picture = Labelled(
        id="a", source_id="a", form="", encoded=b"a", format="png", size=(9, 9), **of
    )
    return next(iter(as_examples([picture])))


ONE = serialized(labels=(3,), texts=("3",), boxes=(BOX,))
TWO = serialized(labels=(3, 4), texts=("3", "4"), boxes=(BOX, BOX))
NONE = serialized()


@pytest.mark.parametrize(("record", "why"), [(ONE, ""), (NONE, ""), (TWO, "it has 2 objects")])
def test_a_picture_shows_one_digit_or_none(record: bytes, why: str) -> None:
    reason = why_unusable(tf.train.Example.FromString(record))
    assert reason.startswith(why)
    assert bool(reason) == bool(why)


@pytest.mark.parametrize("key", [features.LABEL, features.XMIN])
def test_a_box_without_a_digit_or_a_digit_without_a_box_is_refused(key: str) -> None:
    example = tf.train.Example.FromString(ONE)
    del example.features.feature[key]
    assert why_unusable(example)


def test_what_a_picture_without_a_digit_has_not_is_filled_in() -> None:
    spec = schema_utils.schema_as_feature_spec(read_schema("localization", classes=10)).feature_spec
    keys = (features.LABEL, *features.BOX)
    parsed = tf.io.parse_example([ONE, NONE], {key: spec[key] for key in keys})
    assert parsed[features.LABEL].numpy().tolist() == [[3], [NO_DIGIT]]
    for key, edge in zip(features.BOX, BOX, strict=True):
        assert parsed[key].numpy().ravel().tolist() == pytest.approx([edge, 0])
