"""The values of runtime parameters, checked before anything is submitted.

Neither client does it fully: Vertex's takes any value, KFP's leaves missing ones to the server.
"""

import difflib
from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from vocabulary.errors import UserError

_Type = pb.ParameterType
_KINDS = {
    _Type.NUMBER_INTEGER: "a whole number",
    _Type.NUMBER_DOUBLE: "a number",
    _Type.STRING: "text",
    _Type.BOOLEAN: "true or false",
}


def checked_values(spec: pb.PipelineSpec, given: Mapping[str, Any]) -> dict[str, struct_pb2.Value]:
    """The value of every parameter: the one given, or the default.

    Raises:
        UserError: for an unknown parameter, a value of the wrong type, or a missing one.
    """
    known = spec.root.input_definitions.parameters
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            advice = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
            raise UserError(f"there is no parameter {name}; {advice}")
    values: dict[str, struct_pb2.Value] = {}
    for name, parameter in known.items():
        if name in given:
            values[name] = _value(name, parameter.parameter_type, given[name])
        elif parameter.HasField("default_value"):
            values[name] = parameter.default_value
        elif not parameter.is_optional:
            raise UserError(f"the parameter {name} has no default and was not given; give it")
    return values


def _value(name: str, kind: int, given: Any) -> struct_pb2.Value:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    fits = {
        _Type.NUMBER_INTEGER: is_number and float(given).is_integer(),
        _Type.NUMBER_DOUBLE: is_number,
        _Type.STRING: isinstance(given, str),
        _Type.BOOLEAN: isinstance(given, bool),
    }
    if not fits.get(kind, True):
        raise UserError(f"the parameter {name} is {given}: it must be {_KINDS[kind]}")
    value = struct_pb2.Value()
    if is_number:
        value.number_value = given
    elif isinstance(given, bool):
        value.bool_value = given
    else:
        value.string_value = given
    return value
