"""The keys of the config: configs/default.yaml by group, and what each key may be by its model."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from components.digit_example_gen.source_options import source_options_of
from pipeline.config.config import Config
from trainer.network import options_of_network
from vocabulary.task.find import network_names, task_names
from vocabulary.task.options import options_of

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "components/digit_example_gen/sources"

Schema = Mapping[str, Any]


def text() -> str:
    """A section for each group: its lines in default.yaml, and a table of its keys."""
    schema = Config.model_json_schema()
    parts = [
        part
        for group, lines in _groups().items()
        for part in (f"## {group}\n", f"```yaml\n{lines}\n```\n", *_tables(group, schema))
    ]
    return "\n".join(parts)


def _groups() -> dict[str, str]:
    """The lines of default.yaml by the top key that they are under."""
    default = (ROOT / "configs/default.yaml").read_text()
    blocks = re.split(r"^(?=[a-z_]+:)", default, flags=re.MULTILINE)[1:]
    return {block.partition(":")[0]: block.rstrip() for block in blocks}


def _tables(group: str, schema: Schema) -> Iterator[str]:
    if group == "task":
        for kind in task_names():
            yield _table(f"`task.kind: {kind}`", options_of(kind))
    elif group == "source":
        for kind in sorted(path.stem for path in SOURCES.glob("[a-z]*.py")):
            yield _table(f"`source.kind: {kind}`", source_options_of(kind))
    elif group == "model":
        for task in task_names():
            for kind in network_names(task):
                title = f"`model.kind: {kind}` of the task `{task}`"
                yield _table(title, options_of_network(task, kind))
    else:
        known = schema["properties"][group]
        resolved = _resolved(known, schema["$defs"])
        properties = resolved.get("properties", {group: known})
        yield _rows(properties, schema["$defs"])


def _table(title: str, model: type[BaseModel]) -> str:
    schema = model.model_json_schema()
    keys = {name: one for name, one in schema["properties"].items() if name != "kind"}
    if not keys:
        return f"{title} has no further keys.\n"
    return f"{title}:\n\n{_rows(keys, schema.get('$defs', {}))}"


def _rows(properties: Schema, definitions: Schema) -> str:
    rows = ["| key | may be | unless set | |", "|---|---|---|---|"]
    for name, field in properties.items():
        default = f"`{json.dumps(field['default'])}`" if "default" in field else ""
        meaning = field.get("description", "") if "$ref" not in field else ""
        rows.append(f"| `{name}` | {_kind(field, definitions)} | {default} | {meaning} |")
    return "\n".join(rows) + "\n"


def _resolved(field: Schema, definitions: Schema) -> Schema:
    return definitions[field["$ref"].rpartition("/")[2]] if "$ref" in field else field


def _kind(field: Schema, definitions: Schema) -> str:
    """What a value may be, in words: a type, its bounds, or the choices."""
    field = _resolved(field, definitions)
    if "anyOf" in field:
        return " or ".join(_kind(one, definitions) for one in field["anyOf"])
    if "enum" in field or "const" in field:
        return ", ".join(f"`{json.dumps(one)}`" for one in field.get("enum", [field.get("const")]))
    if "prefixItems" in field:
        ends = [_kind(one, definitions) for one in field["prefixItems"]]
        return f"[low, high], each {ends[0]}"
    if field.get("type") == "array":
        return f"list, each {_kind(field['items'], definitions)}" if "items" in field else "list"
    if field.get("type") == "object":
        keys = ", ".join(f"`{name}`" for name in field.get("properties", ()))
        return f"group of {keys}" if keys else "group"
    return f"{_TYPES.get(field.get('type', ''), 'value')}{_bounds(field)}"


_TYPES = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "boolean": "true or false",
    "null": "null",
}
_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}


def _bounds(field: Schema) -> str:
    words = [f"{word} {field[name]:,}" for name, word in _BOUNDS.items() if name in field]
    return f", {' and '.join(words)}" if words else ""
