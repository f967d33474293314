"""Runtime parameters: numbers of the config that a run may change without compiling again.

A component gets most of its config inside one text, such as the `custom_config` of the Trainer.
What depends on a key is found by changing the key and building the DAG again: wherever the old
number stood and the new one now stands, that place is bound to the parameter. The container's entry
puts the value there. The DAG itself knows nothing of it, and any component is served alike.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from pipeline.config.config import Config
from vocabulary.errors import UserError
from vocabulary.leaves import Path, leaves

Properties = Mapping[str, Mapping[str, Any]]
"""The execution properties of each component, by its id."""


@dataclass(frozen=True)
class Parameter:
    """A number of the config: `training.epochs`, in the compiled pipeline `training_epochs`."""

    key: str
    name: str
    default: float | int


class Binding(NamedTuple):
    """A place in a component's execution properties that holds the value of a parameter."""

    parameter: str
    property: str
    path: Path


def find_parameters(config: Config) -> list[Parameter]:
    """The parameters that `kubeflow.parameters` names, keys and groups, in order.

    Raises UserError if one is not a number, or is not in the config.
    """
    tree = config.model_dump(mode="json")
    parameters: dict[str, Parameter] = {}
    for named in config.kubeflow.parameters:
        value: Any = tree
        for part in named.split("."):
            if not isinstance(value, dict) or part not in value:
                raise UserError(
                    f"kubeflow.parameters names {named}, which the config does not have"
                )
            value = value[part]
        for path, number in leaves(value, path=(named,)):
            key = ".".join(path)
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise UserError(f"kubeflow.parameters names {key}, which is not a number")
            parameters[key] = Parameter(key, parameter_name(key), number)
    return list(parameters.values())


def parameter_name(key: str) -> str:
    """What the parameter of a key is called in the compiled pipeline."""
    return key.replace(".", "_")


def find_bindings(
    config: Config, parameters: Sequence[Parameter], properties_of: Callable[[Config], Properties]
) -> dict[str, list[Binding]]:
    """The places that hold each parameter, by component.

    `properties_of` builds the DAG for a config and gives its execution properties.

    Raises:
        UserError: if a component keeps something else of a parameter than its value, or none does.
    """
    before = properties_of(config)
    bindings: dict[str, list[Binding]] = {}
    for parameter in parameters:
        old = parameter.default
        other = old + 1 if isinstance(old, int) else old / 2 or 0.5
        after = properties_of(_replace(config, parameter.key.split("."), other))
        is_used = False
        for component in before:
            for path, was, now in _differences(before[component], after[component]):
                if (_number(was), _number(now)) != (old, other):
                    raise UserError(
                        f"{parameter.key} cannot change from run to run: {component} keeps {was} "
                        f"of it in {path[0]}; take it out of kubeflow.parameters"
                    )
                binding = Binding(parameter.name, str(path[0]), path[1:])
                bindings.setdefault(component, []).append(binding)
                is_used = True
        if not is_used:
            raise UserError(f"kubeflow.parameters names {parameter.key}, which no component uses")
    return bindings


def read_bindings(text: str) -> list[Binding]:
    """The bindings of a component from the argument `--bindings` of its command."""
    return [Binding(name, key, tuple(path)) for name, key, path in json.loads(text)]


def set_parameters(inputs: pb.ExecutorInput.Inputs, bindings: Iterable[Binding]) -> None:
    """Moves the values of runtime parameters to the places that hold them, in place.

    Raises UserError if one is not there, or is not a number.
    """
    values = inputs.parameter_values
    bindings = list(bindings)
    for name in sorted({binding.parameter for binding in bindings}):
        if name not in values or values[name].WhichOneof("kind") != "number_value":
            raise UserError(f"the runtime parameter {name} has no number; give it a value")
    for binding in bindings:
        value, number = values[binding.property], values[binding.parameter].number_value
        if value.WhichOneof("kind") == "number_value":
            value.number_value = number
        else:
            value.string_value = put(value.string_value, binding.path, number)
    for name in {binding.parameter for binding in bindings}:  # executors know only their own
        del values[name]


def put(value: Any, path: Path, number: float) -> Any:
    """A property with a number at a place in it; JSON texts on the way are opened and closed.

    The number becomes what stood there: text, int or float.
    """
    if not path:
        return type(value)(int(number) if float(number).is_integer() else number)
    if isinstance(value, str):
        return json.dumps(put(json.loads(value), path, number), sort_keys=True)
    head, rest = path[0], path[1:]
    copy: Any = list(value) if isinstance(value, list) else dict(value)
    copy[head] = put(value[head], rest, number)
    return copy


def _differences(before: Any, after: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    before, after = opened(before), opened(after)
    if isinstance(before, Mapping) and isinstance(after, Mapping) and before.keys() == after.keys():
        for name in before:
            yield from _differences(before[name], after[name], (*path, name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from _differences(*pair, (*path, index))
    elif before != after:
        yield path, before, after


def opened(value: Any) -> Any:
    """What a text of JSON holds, if that is an object or a list."""
    if not isinstance(value, str) or value[:1] not in "{[":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _replace(group: Any, path: Sequence[str], value: float) -> Any:
    """The config with another value, unchecked: it is never run."""
    head, *rest = path
    old = group[head] if isinstance(group, dict) else getattr(group, head)
    new = _replace(old, rest, value) if rest else value
    return {**group, head: new} if isinstance(group, dict) else group.model_copy(update={head: new})
