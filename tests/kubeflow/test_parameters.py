"""Runtime parameters: what depends on a number is found, and the number is put there."""

import json
from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.parameters import Binding, find_bindings, find_parameters, put, set_parameters
from pipeline.config.config import Config
from vocabulary.errors import UserError

NAMES = ["splits", "training.epochs"]


def test_group_names_every_number_in_it(configure: Any) -> None:
    found = find_parameters(configure(f"kubeflow.parameters={json.dumps(NAMES)}"))
    assert [(p.key, p.name, p.default) for p in found] == [
        ("splits.train", "splits_train", 20000),
        ("splits.eval", "splits_eval", 2000),
        ("training.epochs", "training_epochs", 2),
    ]


def test_place_is_found_however_deep_and_in_whatever_form(configure: Any) -> None:
    def properties_of(config: Config) -> dict[str, dict[str, Any]]:
        inner = json.dumps({"list": [0, {"pattern": str(config.splits["train"])}]})
        return {"A": {"x": json.dumps({"inner": inner}), "n": config.training.epochs}, "B": {}}

    config = configure('kubeflow.parameters=["splits.train", "training.epochs"]')
    bindings = find_bindings(config, find_parameters(config), properties_of)
    assert bindings == {
        "A": [
            Binding("splits_train", "x", ("inner", "list", 1, "pattern")),
            Binding("training_epochs", "n", ()),
        ]
    }


def test_what_is_computed_from_a_parameter_is_refused(configure: Any) -> None:
    def properties_of(config: Config) -> dict[str, dict[str, Any]]:
        return {"A": {"steps": config.training.epochs * 10}}

    config = configure("kubeflow.parameters=[training.epochs]")
    with pytest.raises(
        UserError, match=r"training\.epochs cannot change from run to run: A keeps 20"
    ):
        find_bindings(config, find_parameters(config), properties_of)


@given(st.integers(1, 2**40), st.integers(1, 2**40))
def test_number_is_put_in_the_form_of_what_stood_there(old: int, new: int) -> None:
    text = json.dumps({"a": json.dumps([{"pattern": str(old)}, float(old), old])})
    for index, (path, wanted) in enumerate([(("pattern",), str(new)), ((), float(new)), ((), new)]):
        changed = json.loads(json.loads(put(text, ("a", index, *path), float(new)))["a"])
        value = changed[0]["pattern"] if path else changed[index]
        assert value == wanted
        assert type(value) is type(wanted)


@pytest.mark.parametrize("value", [None, {"string_value": "3"}, {"null_value": 0}])
def test_parameter_without_a_number_ends_the_step(value: dict[str, Any] | None) -> None:
    inputs = pb.ExecutorInput.Inputs()
    if value is not None:
        inputs.parameter_values["training_epochs"].CopyFrom(struct_pb2.Value(**value))
    with pytest.raises(UserError, match="the runtime parameter training_epochs has no number"):
        set_parameters(inputs, [Binding("training_epochs", "custom_config", ("epochs",))])
