"""The layers of a config, as trees of keys: how one goes over another, and which keys there are."""

import difflib
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from vocabulary.errors import UserError
from vocabulary.task.options import options_of

TASK = "task"
"""The group whose keys depend on its `kind`."""
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

    Raises UserError for an unknown key or an unknown task.
    """
    allowed = _allowed_keys(defaults, layers, default)
    tree, origins = defaults, {}
    for layer in layers:
        for key in reversed([key for key, _ in walk(layer.tree)]):
            _require_allowed(key, allowed, layer.origin)
            origins[key] = layer.origin
        if _kind(layer.tree) not in (None, _kind(tree)):  # another task has other keys
            tree = {**tree, TASK: {}}
        tree = _merge(tree, layer.tree, layer.replaced)
    return tree, origins


def _allowed_keys(defaults: Tree, layers: Sequence[Layer], default: str) -> list[str]:
    """Every key of the config: those of the defaults, but under `task` those of the last kind."""
    origin, kind = default, _kind(defaults)
    for layer in layers:
        if TASK in layer.tree and not isinstance(layer.tree[TASK], dict):
            raise UserError(
                f"{layer.origin}: {TASK} is a group; name its kind, as in {TASK}: {{kind: {kind}}}"
            )
        if _kind(layer.tree) is not None:
            origin, kind = layer.origin, _kind(layer.tree)
    try:
        own = options_of(str(kind)).model_fields
    except UserError as error:
        raise UserError(f"{origin}: {TASK}.kind: {error}") from error
    shared = [key for key, _ in walk(defaults) if not key.startswith(f"{TASK}.")]
    return [*shared, *(f"{TASK}.{name}" for name in own)]


def _kind(tree: Tree) -> str | None:
    group = tree.get(TASK)
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


def _require_allowed(key: str, allowed: Sequence[str], origin: str) -> None:
    if key in allowed or any(key.startswith(f"{group}.") for group in OPEN_GROUPS):
        return
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
