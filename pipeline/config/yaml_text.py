"""Reads and writes the YAML of configs, with PyYAML and the rules of YAML 1.2 where they differ."""

import json
import re
from typing import Any

import yaml


class YamlError(Exception):
    """The text is not YAML, or no config could mean it; `line` counts from 1 where it is known."""

    def __init__(self, problem: str, line: int | None = None):
        super().__init__(problem)
        self.line = line


def load_yaml(text: str) -> Any:
    """Reads YAML whose values JSON can hold.

    Raises YamlError for any other text, duplicate keys and keys that are not text.
    """
    try:
        tree = yaml.load(text, _Loader)
        json.dumps(tree, default=str)  # an alias may stand inside what it stands for
    except Exception as error:  # also of the constructors of dates, of tags, of deep nesting
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise YamlError(problem or "it cannot be parsed", mark and mark.line + 1) from error
    return tree


def dump_yaml(tree: Any) -> str:
    """Writes YAML that `load_yaml` reads back."""
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, default_flow_style=None)


class _Loader(yaml.SafeLoader):
    """As YAML 1.2: 1e-3 is a number, and a key stands once; moreover, a key is text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuses other keys: `on: 5` would quietly become a split named true."""
        keys: set[str] = set()
        for key, value in node.value:
            if node.flow_style and _lacks_space(key, value):
                raise _refusal(
                    f"write {{{re.sub('[:=]', ': ', key.value, count=1)}}}, with a space "
                    "after the colon",
                    key,
                )
            if isinstance(key, yaml.ScalarNode) and key.value in keys:
                raise _refusal(f"the key {key.value} is there twice; keep one", key)
            keys.add(str(key.value))
        mapping = super().construct_mapping(node, deep=deep)
        for key in mapping:
            if not isinstance(key, str):
                raise _refusal(f"the key {key} is not text; put it in quotes", node)
        return mapping


class _Dumper(yaml.SafeDumper):
    """Quotes what `_Loader` would otherwise not read as text."""


for _side in (_Loader, _Dumper):
    _side.add_implicit_resolver(
        "tag:yaml.org,2002:float",
        re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+$"),
        list("-+.0123456789"),
    )


def _refusal(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(problem=problem, problem_mark=node.start_mark)


def _lacks_space(key: yaml.Node, value: yaml.Node) -> bool:
    """Whether this is `{accuracy:0.5}`, which YAML takes for a key without a value."""
    plain = isinstance(key, yaml.ScalarNode) and key.style is None
    return plain and bool(re.search("[:=]", key.value)) and value.value == ""
