"""The classes of objects: what they are called, in the order of their labels."""

import json
import unicodedata
from collections.abc import Sequence
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field

TEN: Final = tuple("0123456789")
"""Where nothing says otherwise, as on the card of a model that was exported before it could."""
_MANY: Final = 30
LONGEST: Final = 100
"""Letters of the longest name that a class may have."""


def same(name: str) -> str:
    """What is equal of names that mean one class: of 3 in any script, of é however it is stored."""
    number = unicodedata.decimal(name, None) if len(name) == 1 else None
    return unicodedata.normalize("NFC", name) if number is None else str(number)


def label_of(name: str, classes: Sequence[str]) -> int | None:
    """The label of a class by its name; None if it is none of the classes."""
    names = [same(one) for one in classes]
    return names.index(same(name)) if same(name) in names else None


def listed(names: Sequence[str]) -> str:
    """Names in a sentence, `a, b and c`; of very many the first and the last."""
    if len(names) > _MANY:
        return f"{', '.join(names[:3])}, ... {names[-1]} ({len(names):,})"
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def in_yaml(names: Sequence[str]) -> str:
    """Names as the value of a key in the config."""
    return json.dumps(names, ensure_ascii=False)


def _as_text(name: Any) -> Any:
    """YAML takes 7 for a number."""
    return str(name) if type(name) is int else name


def _distinct(names: list[str]) -> list[str]:
    first: dict[str, str] = {}
    for name in names:
        if not name.isprintable() or name != name.strip() or not name:
            raise ValueError(f"{name!r} is no name of a class; write it without space around it")
        if same(name) in first:
            raise ValueError(f"{first[same(name)]} and {name} are one class; name each class once")
        first[same(name)] = name
    return names


_Name = Annotated[str, Field(max_length=LONGEST), BeforeValidator(_as_text)]
Classes = Annotated[list[_Name], Field(min_length=2, max_length=1000), AfterValidator(_distinct)]
"""A field of a group of options."""
