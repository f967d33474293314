"""The leaves of a tree of mappings, as JSON and YAML hold them, each with its path."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Path = tuple[Any, ...]


def leaves(
    tree: Any, *, opened: Callable[[Any], Any] = lambda value: value, path: Path = ()
) -> Iterator[tuple[Path, Any]]:
    """Every value that is no mapping with something in it, and the keys that lead to it, in order.

    Args:
        tree: a mapping of mappings; anything else is a leaf itself.
        opened: gives what a value holds: a mapping where the walk is to go on inside it, as for a
            list (`dict(enumerate(value))`) or a text of JSON.
        path: what the paths begin with.
    """
    inner = opened(tree)
    if not isinstance(inner, Mapping) or not inner:
        yield path, tree
        return
    for key, value in inner.items():
        yield from leaves(value, opened=opened, path=(*path, key))
