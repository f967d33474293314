"""The layers of a config, as trees of keys: how one goes over another, and which keys there are."""

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from components.digit_example_gen.source_options import source_options_of
from trainer.network import options_of_network
from vocabulary.errors import UserError
from vocabulary.task.options import options_of

BY_KIND: Final = {
    "task": lambda kinds: options_of(kinds["task"]),
    "source": lambda kinds: source_options_of(kinds["source"]),
    "model": lambda kinds: options_of_network(kinds["task"], kinds["model"]),
}
"""The groups whose keys depend on their `kind`: the class of their options, of all kinds by group.

A group comes after those whose kind it asks for, too.
"""
OPEN_GROUPS = (
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


class Layer(NamedTuple):
    """What a file or a setting says.

    Attributes:
        origin: the path of the file, or the option as it was typed.
        tree: the keys and values.
        replaced: groups that it replaces whole, where others are merged key by key.
    """

    origin: str
    tree: Tree
    replaced: Collection[str]


def put_over(defaults: Tree, layers: Sequence[Layer], default: str) -> tuple[Tree, dict[str, str]]:
    """Puts each layer over those before it.

    Args:
        defaults: the lowest layer, which has every key.
        layers: the others, lowest first.
        default: the origin of the defaults.

    Returns:
        The whole tree, and the origin of each key that is not from the defaults.

    Raises UserError for an unknown key, task, source or network.
    """
    kinds: dict[str, str] = {}
    for group in BY_KIND:
        kinds[group] = _last_kind(group, kinds, defaults, layers, default)
    allowed = _allowed_keys(defaults, kinds)
    tree, origins = {**defaults}, dict[str, str]()
    for group, kind in kinds.items():
        if kind != _kind(defaults, group):
            tree[group] = {}  # another kind has other keys
    for layer in (_of_kinds(layer, kinds) for layer in layers):
        for key in reversed([key for key, _ in walk(layer.tree)]):
            _require_allowed(key, allowed, kinds, layer.origin)
            origins[key] = layer.origin
        tree = _merge(tree, layer.tree, layer.replaced)
    return tree, origins


def _of_kinds(layer: Layer, kinds: Mapping[str, str]) -> Layer:
    """A layer without those of its groups that are of a kind which a layer above it replaces."""
    tree = {
        key: value
        for key, value in layer.tree.items()
        if key not in kinds or _kind(layer.tree, key) in (None, kinds[key])
    }
    return layer._replace(tree=tree)


def _allowed_keys(defaults: Tree, kinds: Mapping[str, str]) -> list[str]:
    """Every key of the config: those of the defaults, but in `BY_KIND` those of the last kind."""
    keys = [key for key, _ in walk(defaults) if key.partition(".")[0] not in BY_KIND]
    for group in kinds:
        own = BY_KIND[group](kinds).model_fields
        keys += [group, *(f"{group}.{name}" for name in own)]
    return keys


def _last_kind(
    group: str,
    kinds: Mapping[str, str],
    defaults: Tree,
    layers: Sequence[Layer],
    default: str,
) -> str:
    """The kind that holds; UserError if there is none of its name."""
    origin, kind = default, _kind(defaults, group)
    for layer in layers:
        if group in layer.tree and not isinstance(layer.tree[group], dict):
            raise UserError(
                f"{layer.origin}: {group} is a group; name its kind, as in "
                f"{group}: {{kind: {kind}}}"
            )
        if _kind(layer.tree, group) is not None:
            origin, kind = layer.origin, _kind(layer.tree, group)
    try:
        BY_KIND[group]({**kinds, group: str(kind)})
    except (UserError, ValueError) as error:
        raise UserError(f"{origin}: {group}.kind: {error}") from error
    return str(kind)


def _kind(tree: Tree, of: str) -> str | None:
    group = tree.get(of)
    return group.get("kind") if isinstance(group, dict) else None


def _merge(under: Tree, over: Tree, replaced: Collection[str], prefix: str = "") -> Tree:
    merged = dict(under)
    for name, value in over.items():
        key = f"{prefix}{name}"
        both_groups = isinstance(value, dict) and isinstance(under.get(name), dict)
        merges = both_groups and key not in replaced
        merged[name] = _merge(under[name], value, replaced, f"{key}.") if merges else value
    return merged


def walk(tree: Tree, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The keys of groups and values, as `training.epochs`, each group before what is in it."""
    for name, value in tree.items():
        yield f"{prefix}{name}", value
        if isinstance(value, dict):
            yield from walk(value, f"{prefix}{name}.")


def _require_allowed(
    key: str, allowed: Sequence[str], kinds: Mapping[str, str], origin: str
) -> None:
    if key in allowed or any(key.startswith(f"{group}.") for group in OPEN_GROUPS):
        return
    group = key.partition(".")[0]
    if group in kinds:
        own = ", ".join(one.partition(".")[2] for one in allowed if one.startswith(f"{group}."))
        raise UserError(
            f"{origin}: there is no key {key} where {group}.kind is {kinds[group]}; its keys are "
            f"{own}"
        )
    close = difflib.get_close_matches(key, allowed, n=1, cutoff=0.7)
    last = key.rpartition(".")[2]
    same = [k for k in allowed if k.rpartition(".")[2] == last]
    if len(same) == 1:
        advice = f"it is {same[0]}"
    elif close or same:
        advice = f"did you mean {[*close, *same][0]}?"
    else:
        advice = "see configs/default.yaml for all keys"
    raise UserError(f"{origin}: there is no key {key}; {advice}")
