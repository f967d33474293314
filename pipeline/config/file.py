"""Reads a config: the defaults, a file over them and over its base, settings over all.

Every mistake is a sentence that names the place, the key, the value and the way out.
"""

import json
import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from pipeline.config.config import Config
from pipeline.config.layers import OPEN_GROUPS, Layer, Tree, put_over
from pipeline.config.mistakes import explain_mistakes
from pipeline.config.yaml_text import YamlError, dump_yaml, load_yaml
from vocabulary.errors import UserError

DEFAULT = "default.yaml"
BASE = "base"
"""The key by which a file names another in its folder that it builds on."""


def read_config(
    path: Path | None = None, settings: Sequence[str] = (), parameters: Sequence[str] = ()
) -> Config:
    """Reads a config file (the defaults alone if there is none) and `key=value` settings.

    `settings` are those of `--set`, `parameters` those of `--parameter`.

    Raises UserError for a file that cannot be read, files that are each other's base, an unknown
    key, a wrong type, a value out of range, or values that contradict each other.
    """
    defaults = _parse(resources.files("configs").joinpath(DEFAULT).read_text(), DEFAULT)
    layers = [
        *(_read_with_bases(path) if path else []),
        *(_parse_setting(setting, "--set") for setting in settings),
        *(_parse_setting(setting, "--parameter") for setting in parameters),
    ]
    tree, origins = put_over(defaults, layers, DEFAULT)
    try:
        return Config.model_validate_json(json.dumps(tree, default=str))
    except ValidationError as error:
        raise UserError(explain_mistakes(error, origins, str(path or DEFAULT))) from error


def write_config(config: Config, path: Path) -> None:
    """Writes the effective config as YAML that `read_config` reads back."""
    path.write_text(dump_yaml(config.model_dump(mode="json")))


def _read_with_bases(path: Path, above: tuple[Path, ...] = ()) -> list[Layer]:
    """The file and those it builds on, the lowest first."""
    tree = _read(path)
    layer = Layer(str(path), tree, OPEN_GROUPS)
    if BASE not in tree:
        return [layer]
    base = path.parent / str(tree.pop(BASE))
    # By their real paths: `../` and links give a file any number of names.
    if os.path.realpath(base) in map(os.path.realpath, (path, *above)):
        raise UserError(f"{path}: base leads back to {base}; name a file that stands on its own")
    return [*_read_with_bases(base, (path, *above)), layer]


def _read(path: Path) -> Tree:
    try:
        return _parse(path.read_text(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise UserError(f"the config {path} cannot be read: {reason}; name a YAML file") from error


def _parse(text: str, origin: str) -> Tree:
    try:
        tree = load_yaml(text)
    except YamlError as error:
        where = f", line {error.line}" if error.line else ""
        raise UserError(f"{origin}{where} is not YAML: {error}") from error
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise UserError(f"{origin} holds no keys; see configs/default.yaml for what it may say")
    return tree


def _parse_setting(setting: str, option: str) -> Layer:
    key, equals, value = setting.partition("=")
    if not (equals and key.strip()):
        raise UserError(f"{option} {setting} is not key=value; write for example training.epochs=5")
    try:
        tree = load_yaml(value)
    except YamlError as error:
        raise UserError(f"{option} {setting}: the value is not YAML: {error}") from error
    for part in reversed(key.strip().split(".")):
        tree = {part: tree}
    return Layer(f"{option} {setting}", tree, ())
