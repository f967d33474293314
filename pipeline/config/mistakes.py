"""Explains in sentences what pydantic refuses in a config."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from vocabulary.errors import shown


def explain_mistakes(error: ValidationError, origins: Mapping[str, str], default: str) -> str:
    """One line for each mistake: the place, the key, the value and what is allowed.

    `origins` say where keys were set: a file, or an option as it was typed; `default`, all others.
    """
    return "\n".join(_explain(dict(detail), origins, default) for detail in error.errors())


def _explain(detail: dict[str, Any], origins: Mapping[str, str], default: str) -> str:
    location = [part for part in detail["loc"] if part != "[key]"]
    group = ".".join(part for part in location if isinstance(part, str))
    key = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in location)[1:]
    message = detail["msg"].removeprefix("Value error, ")
    mentioned = sorted((k for k in origins if k in message), key=len, reverse=True)
    places = [*_with_parents(group), *mentioned]
    origin = shown(next((origins[k] for k in places if k in origins), default))
    if detail["type"] == "value_error" or not key:
        return f"{origin}: {key}: {message}" if key else f"{origin}: {message}"
    message = message[0].lower() + message[1:]
    value = shown(json.dumps(detail["input"], default=str))
    return f"{origin}: {key} is {value}: {message}"


def _with_parents(key: str) -> Iterator[str]:
    while key:
        yield key
        key = key.rpartition(".")[0]
