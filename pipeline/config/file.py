"""Reads a config: the defaults, a file over them and over its base, settings over all.

Whatever is wrong is said in a sentence that names the place, the key, the value and the way out.
"""

import difflib
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from pipeline.config.config import Config
from vocabulary.errors import UserError
from vocabulary.task.options import options_of

DEFAULT = "default.yaml"
TASK = "task"
"""The group whose keys depend on its `kind`."""
BASE = "base"
"""The key by which a file names another in its folder that it builds on."""
_OPEN_GROUPS = (
    "splits",
    "drift.thresholds",
    "evaluation.bars",
    "kubeflow.containers",
    "kubeflow.volumes",
    "kubeflow.secrets",
    "kubeflow.custom_job",
    "kubeflow.labels",
)
"""Groups to which a user may add keys; a file that names one replaces it whole."""

Tree = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """PyYAML's, for which 1e-3 is a number (as in YAML 1.2) and a key is text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuses other keys: `on: 5` would quietly become a split named true."""
        for key, value in node.value:
            if node.flow_style and _lacks_space(key, value):
                raise yaml.constructor.ConstructorError(
                    problem=f"write {{{re.sub('[:=]', ': ', key.value, count=1)}}}, with a space "
                    "after the colon",
                    problem_mark=key.start_mark,
                )
        mapping = super().construct_mapping(node, deep=deep)
        for key in mapping:
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key} is not text; put it in quotes",
                    problem_mark=node.start_mark,
                )
        return mapping


def _lacks_space(key: yaml.Node, value: yaml.Node) -> bool:
    """Whether this is `{accuracy:0.5}`, which YAML takes for a key without a value."""
    plain = isinstance(key, yaml.ScalarNode) and key.style is None
    return plain and bool(re.search("[:=]", key.value)) and value.value == ""


class _Dumper(yaml.SafeDumper):
    """Quotes what `_Loader` would otherwise not read as text."""


for _side in (_Loader, _Dumper):
    _side.add_implicit_resolver(
        "tag:yaml.org,2002:float",
        re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+$"),
        list("-+.0123456789"),
    )


def read_config(
    path: Path | None = None, settings: Sequence[str] = (), parameters: Sequence[str] = ()
) -> Config:
    """Reads a config file (the defaults alone if there is none) and `key=value` settings.

    Args:
        path: the file.
        settings: of `--set`.
        parameters: of `--parameter`; set like the others, and named so where one is wrong.

    Raises:
        UserError: for a file that cannot be read, files that are each other's base, an unknown key,
            a wrong type, a value out of range, or values that do not go together.
    """
    defaults = _parse(resources.files("configs").joinpath(DEFAULT).read_text(), DEFAULT)
    tree, origins = defaults, {}
    layers: list[tuple[str, Tree, tuple[str, ...]]] = []
    if path:
        layers += [(str(file), tree, _OPEN_GROUPS) for file, tree in _read_with_bases(path)]
    for option, given in (("--set", settings), ("--parameter", parameters)):
        layers += [(f"{option} {one}", _parse_setting(one, option), ()) for one in given]
    known = _known_keys(defaults, [(origin, layer) for origin, layer, _ in layers])
    for origin, layer, replaced in layers:
        for key in reversed([key for key, _ in _leaves_and_groups(layer)]):
            _refuse_unknown(key, known, origin)
            origins[key] = origin
        if _kind(layer) not in (None, _kind(tree)):  # another task has other keys
            tree = {**tree, TASK: {}}
        tree = _merge(tree, layer, replaced)
    try:
        return Config.model_validate_json(json.dumps(tree, default=str))
    except ValidationError as error:
        raise UserError(_explain(error, origins, str(path or DEFAULT))) from error


def write_config(config: Config, path: Path) -> None:
    """Writes the effective config as YAML that `read_config` reads back."""
    text = yaml.dump(
        config.model_dump(mode="json"), Dumper=_Dumper, sort_keys=False, default_flow_style=None
    )
    path.write_text(text)


def _known_keys(defaults: Tree, layers: Sequence[tuple[str, Tree]]) -> list[str]:
    """Every key of the config: those of the defaults, but under `task` those of the last kind."""
    origin, kind = DEFAULT, _kind(defaults)
    for where, layer in layers:
        if TASK in layer and not isinstance(layer[TASK], dict):
            raise UserError(
                f"{where}: {TASK} is a group; name its kind, as in {TASK}: {{kind: {kind}}}"
            )
        if _kind(layer) is not None:
            origin, kind = where, _kind(layer)
    try:
        own = options_of(str(kind)).model_fields
    except ValueError as error:
        raise UserError(f"{origin}: {TASK}.kind: {error}") from error
    shared = [key for key, _ in _leaves_and_groups(defaults) if not key.startswith(f"{TASK}.")]
    return [*shared, *(f"{TASK}.{name}" for name in own)]


def _kind(tree: Tree) -> str | None:
    group = tree.get(TASK)
    return group.get("kind") if isinstance(group, dict) else None


def _read_with_bases(path: Path, above: tuple[Path, ...] = ()) -> list[tuple[Path, Tree]]:
    """The file and those it builds on, the lowest first."""
    tree = _read(path)
    if BASE not in tree:
        return [(path, tree)]
    base = path.parent / str(tree.pop(BASE))
    # By their real paths: `../` and links give a file any number of names.
    if os.path.realpath(base) in map(os.path.realpath, (path, *above)):
        raise UserError(f"{path}: base leads back to {base}; name a file that stands on its own")
    return [*_read_with_bases(base, (path, *above)), (path, tree)]


def _read(path: Path) -> Tree:
    try:
        return _parse(path.read_text(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise UserError(f"the config {path} cannot be read: {reason}; name a YAML file") from error


def _parse(text: str, origin: str) -> Tree:
    try:
        tree = _load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise UserError(f"{origin}{where} is not YAML: {_problem(error)}") from error
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise UserError(f"{origin} holds no keys; see configs/default.yaml for what it may say")
    return tree


def _load(text: str) -> Any:
    """Reads YAML whose values JSON can hold.

    Raises:
        yaml.YAMLError: for any other text.
    """
    try:
        tree = yaml.load(text, _Loader)
        json.dumps(tree, default=str)  # an alias may stand inside what it stands for
    except yaml.YAMLError:
        raise
    except Exception as error:  # of the constructors of dates, of tagged scalars, of deep nesting
        raise yaml.YAMLError(str(error)) from error
    return tree


def _problem(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    return problem or "it cannot be parsed"


def _parse_setting(setting: str, option: str) -> Tree:
    key, equals, value = setting.partition("=")
    if not (equals and key.strip()):
        raise UserError(f"{option} {setting} is not key=value; write for example training.epochs=5")
    try:
        tree = _load(value)
    except yaml.YAMLError as error:
        raise UserError(f"{option} {setting}: the value is not YAML: {_problem(error)}") from error
    for part in reversed(key.strip().split(".")):
        tree = {part: tree}
    return tree


def _merge(under: Tree, over: Tree, replaced: Collection[str], prefix: str = "") -> Tree:
    merged = dict(under)
    for name, value in over.items():
        key = f"{prefix}{name}"
        both_groups = isinstance(value, dict) and isinstance(under.get(name), dict)
        merges = both_groups and key not in replaced
        merged[name] = _merge(under[name], value, replaced, f"{key}.") if merges else value
    return merged


def _leaves_and_groups(tree: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        key = f"{prefix}{name}"
        yield key, value
        if isinstance(value, dict):
            yield from _leaves_and_groups(value, f"{key}.")


def _refuse_unknown(key: str, known: Sequence[str], origin: str) -> None:
    if key in known or any(key.startswith(f"{group}.") for group in _OPEN_GROUPS):
        return
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.7)
    last = key.rpartition(".")[2]
    same = [k for k in known if k.rpartition(".")[2] == last]
    if len(same) == 1:
        advice = f"it is {same[0]}"
    elif close or same:
        advice = f"did you mean {[*close, *same][0]}?"
    else:
        advice = "see configs/default.yaml for all keys"
    raise UserError(f"{origin}: there is no key {key}; {advice}")


def _explain(error: ValidationError, origins: Mapping[str, str], default_origin: str) -> str:
    """One line for each thing wrong: place, key, value, what is allowed."""
    return "\n".join(
        _explain_one(dict(detail), origins, default_origin) for detail in error.errors()
    )


def _explain_one(detail: Tree, origins: Mapping[str, str], default_origin: str) -> str:
    location = [part for part in detail["loc"] if part != "[key]"]
    key = ".".join(str(part) for part in location if isinstance(part, str))
    message = detail["msg"].removeprefix("Value error, ")
    mentioned = sorted((k for k in origins if k in message), key=len, reverse=True)
    places = [*_with_parents(key), *mentioned]
    origin = next((origins[k] for k in places if k in origins), default_origin)
    if detail["type"] == "value_error" or not key:
        return f"{origin}: {key}: {message}" if key else f"{origin}: {message}"
    message = message[0].lower() + message[1:]
    return f"{origin}: {key} is {json.dumps(detail['input'], default=str)}: {message}"


def _with_parents(key: str) -> Iterator[str]:
    while key:
        yield key
        key = key.rpartition(".")[0]
