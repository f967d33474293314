"""The values of runtime parameters, checked before anything is submitted.

Neither client does it fully: Vertex's takes any value, KFP's leaves missing ones to the server.
"""

import contextlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf import json_format, struct_pb2
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.parameters import parameter_name
from vocabulary.errors import UserError
from vocabulary.hints import hint

_Type = pb.ParameterType


def read_values(settings: Sequence[str]) -> dict[str, Any]:
    """The values of `training.epochs=3` and the like by the parameters' names.

    Raises UserError if one has no `=`.
    """
    values = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals:
            raise UserError(f"--parameter {setting}: write KEY=VALUE, as in training.epochs=3")
        value: Any = text
        with contextlib.suppress(ValueError):
            value = json.loads(text)
        values[parameter_name(key.strip())] = value
    return values


def checked_values(spec: pb.PipelineSpec, values: Mapping[str, Any]) -> dict[str, struct_pb2.Value]:
    """The value of every parameter: one of `values`, or the default.

    Raises UserError for an unknown parameter, a value of the wrong type, or a missing one.
    """
    known = spec.root.input_definitions.parameters
    for name in values:
        if name not in known:
            advice = hint(name, known, otherwise="choose from")
            raise UserError(f"there is no parameter {name}; {advice}")
    checked: dict[str, struct_pb2.Value] = {}
    for name, parameter in known.items():
        if name in values:
            checked[name] = _checked(name, parameter.parameter_type, values[name])
        elif parameter.HasField("default_value"):
            checked[name] = parameter.default_value
        elif not parameter.is_optional:
            raise UserError(f"the parameter {name} has no default; give it a value")
    return checked


def value_of(
    source: pb.TaskInputsSpec.InputParameterSpec, values: Mapping[str, struct_pb2.Value]
) -> struct_pb2.Value:
    """The value of a task's parameter: that of a runtime parameter, or a constant."""
    name = source.component_input_parameter
    return values[name] if name else source.runtime_value.constant


def _checked(name: str, kind: int, value: Any) -> struct_pb2.Value:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    kinds = {
        _Type.NUMBER_INTEGER: ("a whole number", is_number and float(value).is_integer()),
        _Type.NUMBER_DOUBLE: ("a number", is_number),
        _Type.STRING: ("text", isinstance(value, str)),
        _Type.BOOLEAN: ("true or false", isinstance(value, bool)),
    }
    words, fits = kinds.get(kind, ("", True))
    if not fits:
        raise UserError(f"the parameter {name} is {value}: it must be {words}")
    return json_format.ParseDict(value, struct_pb2.Value())
