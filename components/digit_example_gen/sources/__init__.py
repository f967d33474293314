"""Sources of pictures, one module each, found by the name that `source.kind` gives.

A module has `open_source(data, splits)`, which gives a `vocabulary.source.Source`; `EMBEDDED`,
whether all that it reads travels in a package; and if not, `fingerprint(options)`, a digest of the
files that it reads. `mixed` has `open_source` alone: for the rest, its parts are asked. A module is
imported only when it is asked for.
"""

import importlib
from collections.abc import Sequence
from typing import Any

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.source_options import SourceBase
from vocabulary.source import Source


def open_source(data: DataOptions, splits: Sequence[str]) -> Source:
    """The source that the options name, divided between splits.

    No form, block, glyph or photograph is in two of them. Raises UserError if the source is
    missing, damaged, or too small.
    """
    source: Source = _module(data.source.kind).open_source(data, splits)
    return source


def is_embedded(source: SourceBase) -> bool:
    """Whether all that a source reads travels in a package."""
    return not _with_files(source)


def fingerprint(source: SourceBase) -> str:
    """A digest of the files that a source reads; empty if it is embedded."""
    return ";".join(_module(one.kind).fingerprint(one) for one in _with_files(source))


def _with_files(source: SourceBase) -> list[SourceBase]:
    """Those of the sources that it consists of that read files."""
    return [one for one in source.places.values() if not _module(one.kind).EMBEDDED]


def _module(kind: str) -> Any:
    return importlib.import_module(f"components.digit_example_gen.sources.{kind}")
