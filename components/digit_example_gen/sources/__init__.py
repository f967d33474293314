"""Sources of handwriting. One file each; a source gives glyphs, already divided between splits."""

from collections.abc import Sequence

from components.digit_example_gen.glyphs import Glyphs
from components.digit_example_gen.options import SourceOptions
from components.digit_example_gen.sources import mnist, uci


def load(source: SourceOptions, *, splits: Sequence[str]) -> dict[str, Glyphs]:
    """The glyphs of each split; no form, block or glyph is in two of them.

    Raises:
        ValueError: if the source is missing, damaged, or too small; the message says what to do.
    """
    match source.kind:
        case "uci":
            return uci.load(splits=splits)
        case "mnist":
            return mnist.load(source.dir, splits=splits)
