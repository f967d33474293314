"""Values of runtime parameters: right ones pass, others are a sentence."""

from typing import Any

import pytest
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.values import checked_values, read_values
from vocabulary.errors import UserError

SPEC = json_format.ParseDict(
    {
        "root": {
            "inputDefinitions": {
                "parameters": {
                    "epochs": {"parameterType": "NUMBER_INTEGER", "defaultValue": 2},
                    "rate": {"parameterType": "NUMBER_DOUBLE"},
                }
            }
        }
    },
    pb.PipelineSpec(),
)


def test_given_values_are_over_the_defaults() -> None:
    assert {k: v.number_value for k, v in checked_values(SPEC, {"rate": 0.5}).items()} == {
        "epochs": 2,
        "rate": 0.5,
    }


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"rate": 1, "epoch": 3}, "there is no parameter epoch; did you mean epochs?"),
        ({}, "the parameter rate has no default; give it a value"),
        ({"rate": "fast"}, "the parameter rate is fast: it must be a number"),
        ({"rate": 1, "epochs": 2.5}, "the parameter epochs is 2.5: it must be a whole number"),
        ({"rate": 1, "epochs": True}, "the parameter epochs is True: it must be a whole number"),
    ],
)
def test_wrong_values_are_a_sentence(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        checked_values(SPEC, given)
    assert str(caught.value).startswith(sentence)


def test_settings_are_read_by_the_names_of_parameters() -> None:
    settings = ["training.epochs=3", "rate=1e-3", "text=fast", "on = true"]
    assert read_values(settings) == {
        "training_epochs": 3,
        "rate": 0.001,
        "text": "fast",
        "on": True,
    }


def test_setting_without_a_value_is_a_sentence() -> None:
    with pytest.raises(UserError, match=r"^--parameter training.epochs: write KEY=VALUE"):
        read_values(["training.epochs"])
