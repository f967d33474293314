"""The keys of `source` in the config, which depend on its `kind`.

A source that has none of its own takes `kind` alone.
"""

import pkgutil
import re
import string
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SerializeAsAny, model_validator

from vocabulary.options import Options


class SourceBase(Options):
    """What the options of every source stand on."""

    kind: str

    @property
    def drawn(self) -> str:
        """The classes that it draws; empty where they are in files that are not read yet."""
        return string.digits

    @property
    def tolerated(self) -> int:
        """How many bad pictures it may have; more stop the run."""
        return 0


class MnistOptions(SourceBase):
    """Of MNIST's IDX files."""

    dir: str = Field("data/mnist", min_length=1, description="folder of the IDX files")


def _expression(pattern: str | None) -> str | None:
    try:
        re.compile(pattern or "")
    except re.error as error:
        raise ValueError(f"{pattern} is no regular expression: {error}") from error
    return pattern


class FolderOptions(SourceBase):
    """Of pictures that people bring, with labels."""

    @model_validator(mode="before")
    @classmethod
    def _has_a_folder(cls, value: Any) -> Any:
        if isinstance(value, dict) and "dir" not in value:
            raise ValueError("the source folder needs a folder: source.dir=FOLDER")
        return value

    dir: str = Field(min_length=1, description="folder of the pictures and their labels")
    tolerate: int = Field(0, ge=0, description="bad pictures that do not stop the run")
    crop: float | None = Field(
        None, ge=0, le=10, description="each object is an example, with so much of its box around"
    )
    group: Annotated[str | None, AfterValidator(_expression)] = Field(
        None, description="of the path: what pictures of one original share"
    )

    @property
    def drawn(self) -> str:
        """Nothing: its labels say what there is."""
        return ""

    @property
    def tolerated(self) -> int:
        """As `tolerate` says."""
        return self.tolerate


class FontOptions(SourceBase):
    """Of digits in fonts."""

    script: Literal["persian"] = Field("persian", description="that digits are written in")


_OF: Final[dict[str, type[SourceBase]]] = {
    "folder": FolderOptions,
    "font": FontOptions,
    "mnist": MnistOptions,
}


def source_options_of(kind: str) -> type[SourceBase]:
    """The class of a source's options; ValueError if there is no such source."""
    folder = Path(__file__).parent / "sources"
    kinds = [module.name for module in pkgutil.iter_modules([str(folder)]) if not module.ispkg]
    if kind not in kinds:
        raise ValueError(f"there is no source {kind}; choose from {', '.join(sorted(kinds))}")
    return _OF.get(kind, SourceBase)


def _with_its_class(value: Any) -> Any:
    if isinstance(value, SourceBase):
        return value
    if not (isinstance(value, dict) and isinstance(value.get("kind"), str)):
        raise ValueError("source is a group; name its kind, as in source: {kind: uci}")
    return source_options_of(value["kind"]).model_validate(value)


SourceOptions = Annotated[SerializeAsAny[SourceBase], BeforeValidator(_with_its_class)]
"""A field of a group of options: validated by the source that `kind` names."""
