"""The keys of `source` in the config, which depend on its `kind`.

A source that has none of its own takes `kind` alone.
"""

import functools
import pkgutil
import re
import string
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializeAsAny,
    create_model,
    model_validator,
)

from vocabulary.options import Options


class SourceBase(Options):
    """What the options of every source stand on."""

    kind: str

    @property
    def drawn(self) -> str:
        """The classes that it draws; empty where they are in files that are not read yet."""
        return string.digits

    @property
    def places(self) -> Mapping[str, "SourceBase"]:
        """The sources that it consists of, by their places in the config: by default, itself."""
        return {"source": self}

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


class TolerantOptions(SourceBase):
    """Of sources of files, some of which may be bad."""

    tolerate: int = Field(0, ge=0, description="bad pictures that do not stop the run")

    @property
    def tolerated(self) -> int:
        """As `tolerate` says."""
        return self.tolerate


class FolderOptions(TolerantOptions):
    """Of pictures that people bring, with labels."""

    @model_validator(mode="before")
    @classmethod
    def _has_a_folder(cls, value: Any) -> Any:
        if isinstance(value, dict) and "dir" not in value:
            raise ValueError("the source folder needs a folder: source.dir=FOLDER")
        return value

    dir: str = Field(min_length=1, description="folder of the pictures and their labels")
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


class FontOptions(SourceBase):
    """Of digits in fonts."""

    script: Literal["persian"] = Field("persian", description="that digits are written in")


class SvhnOptions(TolerantOptions):
    """Of the Street View House Numbers."""

    dir: str = Field("data/svhn", min_length=1, description="folder of the files, unpacked")
    form: Literal["numbers", "digits"] = Field(
        "numbers", description="full pictures, or single digits of 32x32"
    )
    crop: float | None = Field(
        0.15, ge=0, le=10, description="of numbers: how much of their box is around them"
    )


class PartOptions(SourceBase):
    """Of a source that is mixed with others: its own keys, and its share."""

    share: float = Field(gt=0, lt=1, description="of the pictures of each split")


def _with_class_of_part(value: Any) -> Any:
    if isinstance(value, PartOptions):
        return value
    if not (isinstance(value, dict) and isinstance(value.get("kind"), str)):
        raise ValueError("a part is a group; name its kind, as in {kind: uci, share: 0.5}")
    kind = value["kind"]
    if kind == _MIXED:
        raise ValueError("a part cannot be mixed itself; name its parts here")
    of_part = _part_options_of(kind)
    keys = of_part.model_fields
    for key in value:
        if key not in keys:
            raise ValueError(
                f"there is no key {key} where kind is {kind}; its keys are {', '.join(keys)}"
            )
    for key, field in keys.items():
        if field.is_required() and key not in value:
            raise ValueError(f"the part {kind} has no {key}; add it ({key}: {field.description})")
    return of_part.model_validate(value)


@functools.cache
def _part_options_of(kind: str) -> type[PartOptions]:
    """The class of the options of a source as a part: those of the source, and a share."""
    bases: tuple[Any, ...] = PartOptions, source_options_of(kind)
    return create_model("PartOptions", __base__=bases)


_MIXED: Final = "mixed"
_SAME_DIGITS: Final = {"handwriting": ("uci", "mnist")}
"""Sources with digits of others', which these divide between splits in another way."""


class MixedOptions(SourceBase):
    """Of several sources together."""

    @model_validator(mode="before")
    @classmethod
    def _has_parts(cls, value: Any) -> Any:
        if isinstance(value, dict) and "parts" not in value:
            raise ValueError("the source mixed needs parts: source.parts=[{kind: uci, share: 0.8}]")
        return value

    parts: list[Annotated[SerializeAsAny[PartOptions], BeforeValidator(_with_class_of_part)]] = (
        Field(min_length=2, max_length=16, description="sources, each with a `share`")
    )

    @property
    def places(self) -> Mapping[str, SourceBase]:
        """The parts."""
        return {f"source.parts[{index}]": part for index, part in enumerate(self.parts)}

    @property
    def drawn(self) -> str:
        """Those of its parts, if all of these are drawn."""
        return string.digits if all(part.drawn for part in self.parts) else ""

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        total = sum(part.share for part in self.parts)
        if abs(total - 1) > _ROUNDING:
            raise ValueError(f"the shares of the parts are {total:g} together; make them 1")
        kinds = Counter(part.kind for part in self.parts)
        for kind, count in kinds.items():
            if count > 1 and kind != "folder":
                raise ValueError(f"{count} parts are {kind}, the same digits; name it once")
            for other in _SAME_DIGITS.get(kind, ()):
                if other in kinds:
                    raise ValueError(
                        f"parts are {kind} and {other}, which share digits that would be in two "
                        f"splits; leave one of them out"
                    )
        return self


_ROUNDING: Final = 0.005
"""How far from 1 the sum of shares may be, as that of three times 0.333 is."""

_OF: Final[dict[str, type[SourceBase]]] = {
    "folder": FolderOptions,
    "font": FontOptions,
    _MIXED: MixedOptions,
    "mnist": MnistOptions,
    "svhn": SvhnOptions,
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
